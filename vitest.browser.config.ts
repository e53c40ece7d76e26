import { defineConfig, type ViteUserConfig } from "vitest/config";

/** A lane of its own: it needs a Chromium, which `npm test` does not. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});

export default config;

import { defineConfig } from "vitest/config";

const limits = { testTimeout: 120_000, hookTimeout: 180_000 };

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...limits,
          name: "tests",
          include: ["test/**/*.test.ts"],
          exclude: ["test/browser/**", "test/bench/**", "test/demo/**"],
        },
      },
      {
        // Alone, after everything else: it judges latency on live traffic.
        test: {
          ...limits,
          name: "demo",
          include: ["test/demo/*.test.ts"],
          testTimeout: 400_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

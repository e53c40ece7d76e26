import { defineConfig } from "vitest/config";

const limits = { testTimeout: 120_000, hookTimeout: 180_000 };

/**
 * Lanes. `npm test` is the first: what everybody runs before a commit. The others take longer, and have a command each.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...limits,
          name: "tests",
          include: ["test/**/*.test.ts"],
          exclude: ["test/browser/**", "test/bench/**", "test/demo/**", "test/faults/**"],
        },
      },
      {
        // Real engine, real processes that are killed under traffic.
        test: { ...limits, name: "faults", include: ["test/faults/*.test.ts"] },
      },
      {
        // Alone: it judges latency on live traffic.
        test: { ...limits, name: "demo", include: ["test/demo/*.test.ts"], testTimeout: 400_000 },
      },
    ],
  },
});

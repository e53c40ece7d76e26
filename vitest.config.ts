import { defineConfig } from "vitest/config";

const limits = { testTimeout: 120_000, hookTimeout: 180_000, globalSetup: "test/support/engine.ts" };

/** Of rooms with shorter tests: many runs of the engine, of the compiler or of a gateway each. */
const LONG = [
  "test/archives/copy-cut.test.ts",
  "test/archives/engine.test.ts",
  "test/components/weight-step.test.ts",
  "test/examples/sentiment-api/kubernetes-stack.test.ts",
  "test/house/toys.test.ts",
  "test/kit/options.test.ts",
  "test/model-registries/engine.test.ts",
  "test/monitors/gateways.test.ts",
  "test/package/consumer.test.ts",
  "test/package/types.test.ts",
  "test/golden/kubernetes.test.ts",
  "test/packaging/image.test.ts",
  "test/platforms/kubernetes/engine/faults.test.ts",
  "test/platforms/kubernetes/engine/image-volumes.test.ts",
  "test/platforms/kubernetes/engine/lifecycle.test.ts",
  "test/platforms/kubernetes/engine/scaling.test.ts",
  "test/platforms/local/behaviour.test.ts",
  "test/platforms/local/companion/companion.test.ts",
  "test/platforms/local/gateway/failures.test.ts",
  "test/platforms/local/gateway/restart.test.ts",
  "test/platforms/local/gateway/traffic.test.ts",
  "test/provider/kinds-engine.test.ts",
  "test/provider/provider.test.ts",
  "test/provider/standing.test.ts",
  "test/simulations/aws/lifecycle.test.ts",
  "test/simulations/aws/naive-programs/configuration.test.ts",
  "test/simulations/aws/naive-programs/endpoint.test.ts",
  "test/simulations/aws/naive-programs/monitoring.test.ts",
  "test/simulations/aws/naive-programs/refusals.test.ts",
  "test/simulations/kubernetes/naive-programs.test.ts",
  "test/sources/engine.test.ts",
  "test/stacks/cli/first-cluster.test.ts",
  "test/stacks/engine/real-engine.test.ts",
  "test/workflows/github.test.ts",
  "test/workflows/gitlab.test.ts",
];

/**
 * Lanes. `npm test` is the first: what everybody runs before a commit. The others take longer, and have a command each.
 */
export default defineConfig({
  test: {
    // Many tests wait for processes of their own: three at a time keep two cores busy.
    maxWorkers: 3,
    projects: [
      {
        test: {
          ...limits,
          name: "tests",
          include: ["test/**/*.test.ts"],
          exclude: [
            "test/browser/**",
            "test/bench/**",
            "test/cluster/**",
            "test/demo/**",
            "test/faults/**",
            "test/servers/**",
            ...LONG,
          ],
        },
      },
      { test: { ...limits, name: "long", include: LONG, testTimeout: 400_000 } },
      {
        // Real engine, real processes that are killed under traffic.
        test: { ...limits, name: "faults", include: ["test/faults/*.test.ts"] },
      },
      {
        // A real control plane and proxies, in namespaces that test/cluster/lane.ts makes.
        test: { ...limits, name: "cluster", include: ["test/cluster/**/*.test.ts"], testTimeout: 600_000 },
      },
      {
        // Model servers of others, from their registries, in environments that are built once and kept.
        test: { ...limits, name: "servers", include: ["test/servers/**/*.test.ts"] },
      },
      {
        // Alone: it judges latency on live traffic.
        test: { ...limits, name: "demo", include: ["test/demo/*.test.ts"], testTimeout: 400_000 },
      },
    ],
  },
});

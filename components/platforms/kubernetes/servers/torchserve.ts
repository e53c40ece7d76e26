import type { ModelServer } from "./model-server.ts";

/**
 * TorchServe: no longer maintained, and still run. `/ping` is healthy before a model has loaded (seen with 0.12.0: 2 s
 * against 10 s), so the first requests may fail; warm-up leaves them out of the comparison of latency.
 * https://pytorch.org/serve/configuration.html
 */
export const torchserve: ModelServer = {
  title: "TorchServe",
  port: 8080,
  ready: "/ping",
  live: "/ping",
  args: [
    "torchserve",
    "--start",
    "--foreground",
    "--disable-token-auth",
    "--model-store={mount}",
    "--models={model}={model}.mar",
  ],
  env: {
    TS_INFERENCE_ADDRESS: "http://0.0.0.0:8080",
    TS_METRICS_ADDRESS: "http://0.0.0.0:8082",
    TS_METRICS_MODE: "prometheus",
    LOG_LOCATION: "/tmp",
    METRICS_LOCATION: "/tmp",
  },
  mount: "/mnt/models",
  protocol: "torchserve",
  metrics: { port: 8082, path: "/metrics" },
};

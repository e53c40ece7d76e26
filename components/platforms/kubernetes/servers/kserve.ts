import type { ModelServer } from "./model-server.ts";

/**
 * KServe's own runtimes (sklearn, xgboost, lightgbm, huggingface), as their ServingRuntimes start them. They have no
 * counter of errors, so a gateway counts.
 * https://github.com/kserve/kserve/tree/master/config/runtimes
 */
export const kserve: ModelServer = {
  title: "a runtime of KServe",
  port: 8080,
  ready: "/v2/models/{model}/ready",
  live: "/v2/health/live",
  args: ["--model_name={model}", "--model_dir={mount}", "--http_port=8080"],
  env: {},
  mount: "/mnt/models",
  protocol: "open-inference",
  metrics: { port: 8080, path: "/metrics" },
};

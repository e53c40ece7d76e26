import type { ModelServer } from "./model-server.ts";

/**
 * MLServer. Its health is 200 with no model at all (seen with 1.7.1), so the model's own path is asked. The files bring a
 * `model-settings.json` that names the model.
 * https://mlserver.readthedocs.io/en/latest/reference/settings.html
 */
export const mlserver: ModelServer = {
  title: "MLServer",
  port: 8080,
  ready: "/v2/models/{model}/ready",
  live: "/v2/health/live",
  args: ["mlserver", "start", "{mount}"],
  env: { MLSERVER_DEBUG: "false", MLSERVER_HTTP_PORT: "8080", MLSERVER_METRICS_PORT: "8082" },
  mount: "/mnt/models",
  protocol: "open-inference",
  metrics: { port: 8082, path: "/metrics" },
};

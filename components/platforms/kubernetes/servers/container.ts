import type { ModelServer } from "./model-server.ts";

/**
 * Any container that speaks the Open Inference Protocol by HTTP.
 * https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 */
export const container: ModelServer = {
  title: "a container",
  port: 8080,
  ready: "/v2/health/ready",
  live: "/v2/health/live",
  args: [],
  env: {},
  mount: "/mnt/models",
  protocol: "open-inference",
};

import type { ModelServer } from "./model-server.ts";

/**
 * NVIDIA Triton. The files are a model repository: a folder with the model's name in it.
 * https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/README.html
 */
export const triton: ModelServer = {
  title: "Triton",
  port: 8000,
  ready: "/v2/models/{model}/ready",
  live: "/v2/health/live",
  args: ["tritonserver", "--model-repository={mount}", "--http-port=8000", "--metrics-port=8002"],
  env: {},
  mount: "/mnt/models",
  protocol: "open-inference",
  metrics: { port: 8002, path: "/metrics" },
};

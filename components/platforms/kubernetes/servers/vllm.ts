import type { ModelServer } from "./model-server.ts";

/**
 * vLLM with its OpenAI face. Without `--shutdown-timeout` it drops what is under way when it is told to end.
 * https://docs.vllm.ai/en/latest/cli/serve.html
 */
export const vllm: ModelServer = {
  title: "vLLM",
  port: 8000,
  ready: "/health",
  live: "/health",
  args: ["--model={mount}", "--served-model-name={model}", "--port=8000", "--shutdown-timeout=30"],
  env: { HF_HUB_OFFLINE: "1", VLLM_NO_USAGE_STATS: "1", HOME: "/tmp" },
  mount: "/mnt/models",
  protocol: "openai",
  metrics: { port: 8000, path: "/metrics" },
};

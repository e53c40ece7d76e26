import { get, type RequestOptions } from "node:http";
import type { ReadyProbe } from "./process-spec.ts";

const probeTimeoutMs = 2_000;
const longestAnswer = 64 * 1024;

/**
 * True when the process itself answers: 200 and its own instance. A stranger on the same port answers 200 as well, so
 * the code alone proves nothing.
 */
export function isReady(probe: ReadyProbe, instance: string): Promise<boolean> {
  // A new connection each time: with two listeners on one port, a kept one would always meet the same.
  const options: RequestOptions = { path: probe.path, agent: false, timeout: probeTimeoutMs };
  const address = "socket" in probe ? { socketPath: probe.socket } : { host: "127.0.0.1", port: probe.port };
  return new Promise((resolve) => {
    const request = get({ ...options, ...address }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        if (text.length > longestAnswer) request.destroy();
      });
      response.on("end", () => resolve(response.statusCode === 200 && instanceIn(text) === instance));
      response.on("close", () => resolve(false));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

function instanceIn(text: string): unknown {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === "object" && answer !== null && "instance" in answer ? answer.instance : undefined;
  } catch {
    return undefined;
  }
}

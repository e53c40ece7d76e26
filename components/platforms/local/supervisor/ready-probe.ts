import { get, type RequestOptions } from "node:http";
import type { ReadyProbe } from "./process-spec.ts";

const probeTimeoutMs = 2_000;
const longestAnswer = 64 * 1024;

/**
 * True when the process itself answers: 200 and its own instance. A stranger on the same port answers 200 as well, so
 * the code alone proves nothing.
 */
export async function isReady(probe: ReadyProbe, instance: string): Promise<boolean> {
  const answer = await ask(probe);
  return answer?.status === 200 && instanceIn(answer.text) === instance;
}

/** True when something answers, be it that it is not ready: it does not hang. */
export const answers = async (probe: ReadyProbe): Promise<boolean> => (await ask(probe)) !== undefined;

interface ProbeAnswer {
  readonly status: number | undefined;
  readonly text: string;
}

function ask(probe: ReadyProbe): Promise<ProbeAnswer | undefined> {
  // A new connection each time: with two listeners on one port, a kept one would always meet the same.
  const options: RequestOptions = { path: probe.path, agent: false, signal: AbortSignal.timeout(probeTimeoutMs) };
  const address = "socket" in probe ? { socketPath: probe.socket } : { host: "127.0.0.1", port: probe.port };
  return new Promise((resolve) => {
    const request = get({ ...options, ...address }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        if (text.length > longestAnswer) request.destroy();
      });
      response.on("end", () => resolve({ status: response.statusCode, text }));
      response.on("error", () => resolve(undefined));
      response.on("close", () => resolve(undefined));
    });
    request.on("error", () => resolve(undefined));
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

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { z } from "zod";
import { errorCode } from "../../../host/host-error.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import type { ProcessSpec } from "./process-spec.ts";

const answerWithinMs = 5_000;
/** One that is about to end may take the question from the same queue; the next one is asked so much later. */
const askAgainMs = 20;
const beingReplaced = 503;

const answerSchema = z.object({ pid: z.int().positive() });

/**
 * Asks the process that serves under a name to start the one of this spec in its place.
 * @returns the pid; "hangs" when it does not answer; undefined when it cannot: it is of an earlier version, listens on
 * other ports, or is no more
 */
export async function askForSuccessor(
  folder: StateFolder,
  { ready, succession }: ProcessSpec,
): Promise<number | "hangs" | undefined> {
  if (succession === undefined || "socket" in ready) return undefined;
  const signal = AbortSignal.timeout(answerWithinMs);
  const url = `http://127.0.0.1:${ready.port}${succession.path}`;
  for (;;) {
    try {
      const token = readFileSync(folder.path(succession.token), "utf8").trim();
      const headers = { authorization: `Bearer ${token}` };
      const { statusCode, body } = await request(url, { method: "POST", headers, signal, reset: true });
      const answer: unknown = await body.json();
      if (statusCode !== beingReplaced) return statusCode === 200 ? answerSchema.parse(answer).pid : undefined;
    } catch (error) {
      if (signal.aborted) return "hangs";
      // A connection that breaks was one to a process that is ending.
      if (!brokenConnections.includes(errorCode(error) ?? "")) return undefined;
    }
    await sleep(askAgainMs);
    if (signal.aborted) return undefined;
  }
}

const brokenConnections = ["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"];

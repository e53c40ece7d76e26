import { readFileSync } from "node:fs";
import { request } from "undici";
import { z } from "zod";
import type { StateFolder } from "../state-folder/folder.ts";
import type { ProcessSpec } from "./process-spec.ts";

const answerWithinMs = 5_000;

const answerSchema = z.object({ pid: z.int().positive() });

/**
 * Asks the process that serves under a name to start the one of this spec in its place.
 * @returns the pid; undefined when it cannot: it hangs, is of an earlier version, or listens on other ports
 */
export async function askForSuccessor(
  folder: StateFolder,
  { ready, succession }: ProcessSpec,
): Promise<number | undefined> {
  if (succession === undefined || "socket" in ready) return undefined;
  try {
    const token = readFileSync(folder.path(succession.token), "utf8").trim();
    const { statusCode, body } = await request(`http://127.0.0.1:${ready.port}${succession.path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const answer: unknown = await body.json();
    return statusCode === 200 ? answerSchema.parse(answer).pid : undefined;
  } catch {
    return undefined;
  }
}

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Seen } from "./traffic.ts";

/** The traffic process, seen from the demo. */
export interface Customers {
  readonly pid: number | undefined;
  seen(): Seen;
  stop(): Promise<Seen>;
}

/** Nobody has come yet. */
export const nobody: Seen = { sent: 0, answered: 0, refused: 0, lost: 0, feedback: 0, byVersion: {}, seconds: 0 };

/**
 * Lets customers in, who stay until they are stopped.
 * @param demo the folder of the demo, in which `traffic.ts` says what customers ask
 * @param feedbackToken what the business shows when it tells how an answer turned out
 */
export async function letCustomersIn(demo: string, url: string, feedbackToken: string): Promise<Customers> {
  const script = path.join(demo, `traffic${path.extname(import.meta.url)}`);
  const child: ChildProcess = fork(script, [url, feedbackToken], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  let latest = nobody;
  child.on("message", (message) => {
    latest = message as Seen;
  });
  await once(child, "message");
  return {
    pid: child.pid,
    seen: () => latest,
    async stop() {
      if (child.exitCode === null && child.connected) {
        const gone = once(child, "exit");
        child.send("stop");
        await gone;
      }
      return latest;
    },
  };
}

/** What customers have seen, in a line. */
export function renderSeen({ sent, lost, refused, seconds }: Seen): string {
  return `${sent} requests (${(sent / Math.max(seconds, 1)).toFixed(0)}/s), ${lost} lost, ${refused} with an error`;
}

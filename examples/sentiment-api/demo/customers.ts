import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Seen } from "./traffic.ts";

/** The traffic process, seen from the demo. */
export interface Customers {
  readonly pid: number | undefined;
  seen(): Seen;
  stop(): Promise<Seen>;
}

/** @param feedbackToken what the business shows when it tells how an answer turned out */
export async function letCustomersIn(url: string, feedbackToken: string): Promise<Customers> {
  const script = fileURLToPath(new URL(`./traffic${extname(import.meta.url)}`, import.meta.url));
  const child: ChildProcess = fork(script, [url, feedbackToken], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  let latest: Seen = { sent: 0, answered: 0, refused: 0, lost: 0, feedback: 0, byVersion: {}, seconds: 0 };
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

import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Failed, Seen } from "./traffic.ts";

const patienceMs = 60_000;

/** Requests a second. */
export const rate = 200;

/** The process that sends traffic, seen from a test. */
export interface Customers {
  seen(): Seen;
  /** Waits until so many more requests were answered, by this version if one is named. */
  served(count: number, version?: string): Promise<void>;
  /** Ends the traffic; what was sent is answered first. */
  stop(): Promise<Seen>;
}

export async function letCustomersIn(url: string): Promise<Customers> {
  const child = fork(path.join(import.meta.dirname, "traffic.ts"), [url, String(rate)]);
  let latest: Seen = { sent: 0, answered: {}, failed: [] };
  child.on("message", (message) => {
    latest = message as Seen;
  });
  await once(child, "message");
  return {
    seen: () => latest,
    async served(count, version) {
      const goal = answeredBy(latest, version) + count;
      const deadline = performance.now() + patienceMs;
      while (answeredBy(latest, version) < goal) {
        if (performance.now() > deadline) throw new Error(`seen ${JSON.stringify(latest.answered)}, hoped for ${goal}`);
        await sleep(20);
      }
    },
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

const answeredBy = ({ answered }: Seen, version: string | undefined): number =>
  version === undefined ? Object.values(answered).reduce((sum, count) => sum + count, 0) : (answered[version] ?? 0);

/** What failed otherwise than it may: requests sent between two moments that an outage explains. */
export const failedOutside = ({ failed }: Seen, from: number, to: number): readonly Failed[] =>
  failed.filter(({ sentAt }) => sentAt < from || sentAt > to);

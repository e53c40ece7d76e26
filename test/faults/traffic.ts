/** Customers at a steady rate: a process of its own, so that nothing a test does can hold them up. */
import { Pool } from "undici";

/** A request that was not answered with 200. */
export interface Failed {
  /** When it was sent, in milliseconds since 1970. */
  readonly sentAt: number;
  /** The status, or the client's error when no answer came. */
  readonly why: string;
}

export interface Seen {
  readonly sent: number;
  /** Answered with 200, by version. */
  readonly answered: Readonly<Record<string, number>>;
  readonly failed: readonly Failed[];
}

const [, , url = "", rate = ""] = process.argv;
const tickMs = 5;
/** After a stall at most this much is caught up at once. */
const burst = 50;

const pool = new Pool(url, { connections: 16, pipelining: 1 });
const answered: Record<string, number> = {};
const failed: Failed[] = [];
const inFlight = new Set<Promise<void>>();
let sent = 0;

async function ask(): Promise<void> {
  sent++;
  const sentAt = Date.now();
  try {
    const { statusCode, headers, body } = await pool.request({
      method: "POST",
      path: "/predict",
      headers: { "content-type": "application/json" },
      body: '{"text":"a café that I do not like"}',
    });
    await body.dump();
    const version = String(headers["x-model-version"]);
    if (statusCode === 200) answered[version] = (answered[version] ?? 0) + 1;
    else failed.push({ sentAt, why: String(statusCode) });
  } catch (error) {
    failed.push({ sentAt, why: error instanceof Error ? error.message : String(error) });
  }
}

function track(work: Promise<void>): void {
  const tracked: Promise<void> = work.finally(() => inFlight.delete(tracked));
  inFlight.add(tracked);
}

let due = 0;
let last = performance.now();
const sending = setInterval(() => {
  const now = performance.now();
  due = Math.min(due + ((now - last) * Number(rate)) / 1000, burst);
  last = now;
  for (; due >= 1; due--) track(ask());
}, tickMs);
const report = () => process.send?.({ sent, answered, failed } satisfies Seen);
const reporting = setInterval(report, 100);

async function stop(): Promise<void> {
  clearInterval(sending);
  clearInterval(reporting);
  await Promise.all(inFlight);
  report();
  await pool.close();
  process.disconnect?.();
}

process.once("message", () => void stop());
// The test is gone: nobody needs the traffic any more.
process.once("disconnect", () => process.exit(0));

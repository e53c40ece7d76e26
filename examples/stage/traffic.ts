import { Pool } from "undici";

/** What customers ask, and what the business learns of the answers. */
export interface Custom {
  /** Requests a second, above 0. */
  readonly rate: number;
  /** The body of the next request. */
  readonly next: () => object;
  /** The business metric that is told as feedback. */
  readonly metric: string;
  /** The answer that counts as 1 for it; any other counts as 0. */
  readonly event: string;
  /** For how many of the answers it is told, 0 to 1. @default 1 */
  readonly feedbackShare?: number;
}

/** What the customers have seen so far. */
export interface Seen {
  readonly sent: number;
  /** Answered with 200. */
  readonly answered: number;
  /** Answered with anything else. */
  readonly refused: number;
  /** Not answered at all. */
  readonly lost: number;
  readonly feedback: number;
  readonly byVersion: Readonly<Record<string, number>>;
  readonly seconds: number;
}

const tickMs = 5;
/** After a stall at most this much is caught up at once, or the catching up would be the load. */
const burst = 100;

/**
 * Customers: a process of its own, so that nothing the demo does can interrupt the traffic. Its arguments are the endpoint's
 * address and the credential for feedback; it tells its parent what it has seen, and goes when the parent says so or has gone.
 */
export function beCustomers({ rate, next, metric, event, feedbackShare = 1 }: Custom): void {
  const [, , url = "", feedbackToken = ""] = process.argv;
  const pool = new Pool(url, { connections: 32, pipelining: 1 });
  const seen = { sent: 0, answered: 0, refused: 0, lost: 0, feedback: 0, byVersion: {} as Record<string, number> };
  const heard: { predictionId: string; metric: string; value: number }[] = [];
  const inFlight = new Set<Promise<void>>();
  const headers = { "content-type": "application/json" };
  const due = { requests: 0, feedback: 0 };

  async function ask(): Promise<void> {
    seen.sent++;
    try {
      const answer = await pool.request({
        method: "POST",
        path: "/predict",
        headers,
        body: JSON.stringify(next()),
      });
      await answer.body.dump();
      if (answer.statusCode !== 200) {
        seen.refused++;
        return;
      }
      seen.answered++;
      const version = String(answer.headers["x-model-version"]);
      seen.byVersion[version] = (seen.byVersion[version] ?? 0) + 1;
      due.feedback += feedbackShare;
      if (due.feedback < 1) return;
      due.feedback--;
      // A customer acts on the answer that was shown: what the business sees is what the version said.
      const value = answer.headers["x-prediction-label"] === event ? 1 : 0;
      heard.push({ predictionId: String(answer.headers["x-prediction-id"]), metric, value });
    } catch {
      seen.lost++;
    }
  }

  async function tell(): Promise<void> {
    const batch = heard.splice(0, 1000);
    if (batch.length === 0) return;
    try {
      const answer = await pool.request({
        method: "POST",
        path: "/feedback",
        headers: { ...headers, authorization: `Bearer ${feedbackToken}` },
        body: JSON.stringify(batch),
      });
      const { accepted } = (await answer.body.json()) as { readonly accepted: number };
      seen.feedback += accepted;
    } catch {
      // Feedback is worth no retry: the judge counts what arrives.
    }
  }

  function track(work: Promise<void>): void {
    const tracked: Promise<void> = work.finally(() => inFlight.delete(tracked));
    inFlight.add(tracked);
  }

  const started = performance.now();
  let last = started;
  const sending = setInterval(() => {
    const now = performance.now();
    due.requests = Math.min(due.requests + (now - last) * (rate / 1000), burst);
    last = now;
    for (; due.requests >= 1; due.requests--) track(ask());
  }, tickMs);
  const telling = setInterval(() => track(tell()), 100);
  const report = () => process.send?.({ ...seen, seconds: (performance.now() - started) / 1000 } satisfies Seen);
  const reporting = setInterval(report, 250);

  async function stop(): Promise<void> {
    for (const timer of [sending, telling, reporting]) clearInterval(timer);
    await Promise.all(inFlight);
    await tell();
    report();
    await pool.close();
    process.disconnect?.();
  }

  process.once("message", () => void stop());
  // Whoever watched is gone: nobody needs the traffic any more.
  process.once("disconnect", () => process.exit(0));
}

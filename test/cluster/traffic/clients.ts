import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";

/** What callers saw of one version. */
export interface Seen {
  /** Answers below 500. */
  good: number;
  /** Answers of 500 and above. */
  bad: number;
}

/** One answer, or that there was none. */
export interface Heard {
  /** When it was sent and when it was answered, in ms since 1970. */
  readonly sentAt: number;
  readonly at: number;
  /** The header `x-model-version`; empty without it. */
  readonly version: string;
  /** Undefined without an answer. */
  readonly status: number | undefined;
}

/** Callers that send requests at a steady rate, whether they are answered or not. */
export interface Clients extends AsyncDisposable {
  /** By the header `x-model-version`; answers without it stand under "". */
  readonly seen: ReadonlyMap<string, Seen>;
  /** Requests without any answer. */
  readonly lost: () => number;
  readonly sent: () => number;
  /** Changes the rate, in requests a second. */
  readonly setRate: (perSecond: number) => void;
  /** Stops sending, and waits for the answers that are due. */
  readonly stop: () => Promise<void>;
}

const TICK_MILLISECONDS = 20;

/** How callers ask, and who listens. */
export interface Asking {
  /** The version that they name; absent: the route decides. */
  readonly version?: string;
  /** Is told of each answer. */
  readonly hear?: (heard: Heard) => void;
}

/** @param host value of the header `host` */
export function startClients(
  url: string,
  host: string,
  perSecond: number,
  { version: asked, hear = () => {} }: Asking = {},
): Clients {
  const dispatcher = new Agent({ connections: 64, pipelining: 1 });
  const seen = new Map<string, Seen>();
  const due = new Set<Promise<void>>();
  let [lost, sent, rate, owed] = [0, 0, perSecond, 0];
  let running = true;

  const ask = async (): Promise<void> => {
    sent += 1;
    const sentAt = Date.now();
    try {
      const { statusCode, headers, body } = await request(`${url}/v2/models/model/infer`, {
        method: "POST",
        headers: {
          ...{ host, "content-type": "application/json" },
          ...(asked !== undefined && { "x-model-version": asked }),
        },
        body: '{"inputs":[]}',
        dispatcher,
      });
      await body.dump();
      const version = String(headers["x-model-version"] ?? "");
      const before = seen.get(version) ?? { good: 0, bad: 0 };
      const good = statusCode < 500 ? 1 : 0;
      seen.set(version, { good: before.good + good, bad: before.bad + 1 - good });
      hear({ sentAt, at: Date.now(), version, status: statusCode });
    } catch {
      lost += 1;
      hear({ sentAt, at: Date.now(), version: "", status: undefined });
    }
  };

  const send = async (): Promise<void> => {
    let last = performance.now();
    while (running) {
      await sleep(TICK_MILLISECONDS);
      const now = performance.now();
      owed += ((now - last) / 1000) * rate;
      last = now;
      for (; owed >= 1; owed -= 1) {
        const asked: Promise<void> = ask().finally(() => due.delete(asked));
        due.add(asked);
      }
    }
  };
  const sending = send();
  const stop = async (): Promise<void> => {
    running = false;
    await sending;
    await Promise.all(due);
    await dispatcher.destroy();
  };
  return {
    seen,
    lost: () => lost,
    sent: () => sent,
    setRate: (perSecond) => {
      rate = perSecond;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

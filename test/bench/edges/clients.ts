import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bench, type Sent, send } from "../../platforms/local/gateway/harness.ts";

export interface Clients {
  /** Answers by status; 0: the connection broke. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly stop: () => Promise<void>;
}

export interface ClientsSettings {
  /** What is asked next. */
  readonly ask: (number: number) => Sent & { readonly path?: string };
  /** What is told of an answer with the credential, beside its id. @default nothing */
  readonly feedback?: (number: number) => Readonly<Record<string, unknown>>;
  /** Each has an address of its own, 127.0.1.1 and so on. @default 12 */
  readonly addresses?: number;
  /** The pause of each client after an answer, in ms. @default 6 */
  readonly pauseMs?: number;
}

/** The most items of feedback that are sent at once, and how often, in ms. */
const MOST_ITEMS = 1_000;
const FEEDBACK_EVERY_MS = 50;

/** Honest clients, one at each address, who ask one thing after the other until they are stopped. */
export function startClients(bench: Bench, { ask, feedback, addresses = 12, pauseMs = 6 }: ClientsSettings): Clients {
  const statuses = new Map<number, number>();
  let told: unknown[] = [];
  let next = 0;
  let over = false;
  const client = async (place: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, localAddress: `127.0.1.${place + 1}` });
    while (!over) {
      const number = next++;
      const { path = "/predict", ...sent } = ask(number);
      const answer = await send(bench.port, path, { method: "POST", agent, ...sent }).catch(() => undefined);
      statuses.set(answer?.status ?? 0, (statuses.get(answer?.status ?? 0) ?? 0) + 1);
      if (answer !== undefined && feedback !== undefined) {
        told.push({ predictionId: answer.headers["x-prediction-id"], ...feedback(number) });
      }
      await sleep(pauseMs);
    }
    agent.destroy();
  };
  const tell = (): void => {
    if (told.length > 0) void bench.feedBack(JSON.stringify(told.slice(0, MOST_ITEMS))).catch(() => undefined);
    told = [];
  };
  const timer = setInterval(tell, FEEDBACK_EVERY_MS);
  const all = Promise.all(Array.from({ length: addresses }, (_, place) => client(place)));
  return {
    statuses,
    stop: async () => {
      over = true;
      clearInterval(timer);
      await all;
    },
  };
}

/** A text of its own for each request. */
export const ownInput = (number: number): Sent => ({ body: `{"text":"input ${number}"}` });

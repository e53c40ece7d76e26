import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, type Bench, type Sent, send } from "../../platforms/local/gateway/harness.ts";

export interface Clients {
  /** Answers by status; 0: the connection broke. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly stop: () => Promise<void>;
}

export interface ClientsSettings {
  /** What is asked next. */
  readonly ask: (number: number) => Sent & { readonly path?: string };
  readonly onAnswer?: (answer: Answer, number: number) => void;
  /** Each has an address of its own, 127.0.1.1 and so on. @default 12 */
  readonly addresses?: number;
  /** The pause of each client after an answer, in ms. @default 6 */
  readonly pauseMs?: number;
}

/** Honest clients, one at each address, who ask one thing after the other until they are stopped. */
export function startClients(bench: Bench, { ask, onAnswer, addresses = 12, pauseMs = 6 }: ClientsSettings): Clients {
  const statuses = new Map<number, number>();
  let next = 0;
  let over = false;
  const client = async (place: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, localAddress: `127.0.1.${place + 1}` });
    while (!over) {
      const number = next++;
      const { path = "/predict", ...sent } = ask(number);
      const answer = await send(bench.port, path, { method: "POST", agent, ...sent }).catch(() => undefined);
      statuses.set(answer?.status ?? 0, (statuses.get(answer?.status ?? 0) ?? 0) + 1);
      if (answer !== undefined) onAnswer?.(answer, number);
      await sleep(pauseMs);
    }
    agent.destroy();
  };
  const all = Promise.all(Array.from({ length: addresses }, (_, place) => client(place)));
  return {
    statuses,
    stop: async () => {
      over = true;
      await all;
    },
  };
}

/** A text of its own for each request. */
export const ownInput = (number: number): Sent => ({ body: `{"text":"input ${number}"}` });

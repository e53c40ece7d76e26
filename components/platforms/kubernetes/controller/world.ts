import type { Server } from "../../../metric-sources/prometheus/index.ts";
import type { Client } from "../cluster/index.ts";
import type { CountCursor, Counted, CountQuestion } from "../counts/index.ts";

/** What surrounds a pass: everything that it asks, and nothing that it remembers. */
export interface World {
  readonly client: Client;
  /** @throws MetricSourceError */
  readonly counts: (
    server: Server,
    question: CountQuestion,
    cursor: CountCursor | undefined,
    now: number,
  ) => Promise<Counted>;
  /** ms since 1970: for people, notices and how far back counts are read. Nothing is measured with it. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Who writes: `controller sentiment-controller-7d9f`, `jo@laptop`. */
  readonly who: string;
}

/** A route that is driven. */
export interface Target {
  readonly namespace: string;
  readonly name: string;
}

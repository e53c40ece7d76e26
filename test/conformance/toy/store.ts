import type { ClosedInterval, HistoryEntry, RolloutState } from "../../../components/rollout/index.ts";

/** What outlives a controller. */
export interface Kept {
  readonly state: RolloutState;
  /** The newest last. */
  readonly history: readonly HistoryEntry[];
  /** What the rollout is judged on. */
  readonly intervals: readonly ClosedInterval[];
}

/** What a store gives back of what it was given; one that is right changes nothing. */
export type Gives = (kept: Kept) => Kept;

/** Keeps text, as a config map or a table does. */
export class Store {
  #text: string | undefined;
  readonly #gives: Gives;

  constructor(gives: Gives) {
    this.#gives = gives;
  }

  write(kept: Kept): void {
    this.#text = JSON.stringify(kept);
  }

  read(): Kept | undefined {
    return this.#text === undefined ? undefined : this.#gives(JSON.parse(this.#text) as Kept);
  }
}

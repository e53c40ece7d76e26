/** With fewer different ones there is nobody to compare with. */
const LEAST_DIFFERENT = 8;
/** So many times as often as the average of the others one may be counted. */
const TIMES = 3;
/** Told apart; of more, some share one count. */
const MOST_DIFFERENT = 65_536;

/**
 * Keeps one input, or one client, from deciding for everybody: it is counted at most once, and three times as often as
 * the average of the others, as soon as there are others. Whether a request is counted depends on what came before it
 * and never on how it was answered, so that what is counted of two equal versions stays alike.
 */
export class FairShare {
  readonly #counts = new Map<number, number>();
  #total = 0;

  /**
   * Whether it has something left of its share.
   * @param key an unsigned checksum of what it stands for: two that share one are taken for the same
   * @param among of how many it is one, those of which nothing was counted included
   */
  has(key: number, among: number = this.size): boolean {
    const own = this.#counts.get(key % MOST_DIFFERENT);
    if (own === undefined || among < LEAST_DIFFERENT) return true;
    const average = (this.#total - own) / (among - 1);
    return own < 1 + TIMES * average;
  }

  /** How many different ones were counted. */
  get size(): number {
    return this.#counts.size;
  }

  /** Counts one more of it. */
  take(key: number): void {
    const folded = key % MOST_DIFFERENT;
    this.#counts.set(folded, (this.#counts.get(folded) ?? 0) + 1);
    this.#total++;
  }

  clear(): void {
    this.#counts.clear();
    this.#total = 0;
  }
}

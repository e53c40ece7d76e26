/** With fewer different ones there is nobody to compare with. */
const LEAST_DIFFERENT = 8;
/** So many times as often as the average of the others one may be counted. */
const TIMES = 3;
/** Told apart; what comes later is counted without a limit. */
const MOST_DIFFERENT = 50_000;

/**
 * Keeps one input, or one client, from deciding for everybody: it is counted at most once, and three times as often as
 * the average of the others, as soon as there are others. Whether a request is counted depends on what came before it
 * and never on how it was answered, so that what is counted of two equal versions stays alike.
 */
export class FairShare {
  readonly #counts = new Map<number, number>();
  #total = 0;

  /**
   * Whether one more of this key counts.
   * @param key a checksum of what it stands for: two that share one are taken for the same
   */
  takes(key: number): boolean {
    const own = this.#counts.get(key);
    if (own === undefined && this.#counts.size >= MOST_DIFFERENT) return true;
    const others = this.#counts.size - (own === undefined ? 0 : 1);
    const average = others === 0 ? 0 : (this.#total - (own ?? 0)) / others;
    const takes = this.#counts.size < LEAST_DIFFERENT || (own ?? 0) < 1 + TIMES * average;
    if (takes) {
      this.#counts.set(key, (own ?? 0) + 1);
      this.#total++;
    }
    return takes;
  }

  clear(): void {
    this.#counts.clear();
    this.#total = 0;
  }
}

/** Predictions in a second that may name the version on trial: enough to try it by hand, too few to be its load. */
const PER_SECOND = 20;

/** Keeps clients that name the version on trial from being its traffic. */
export class PinBudget {
  #left = PER_SECOND;
  #at = 0;

  /** @param now monotonic ms */
  take(now: number): boolean {
    this.#left = Math.min(PER_SECOND, this.#left + ((now - this.#at) / 1_000) * PER_SECOND);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}

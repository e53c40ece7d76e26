/** Predictions in a second that may name the version on trial: enough to try it by hand, too few to be its load. */
const PER_SECOND = 20;
/** The largest of them, in bytes: what takes a server long is large. */
export const MOST_PIN_BYTES: number = 64 * 1024;

/** Keeps clients that name the version on trial from being its traffic: one at a time, and few. */
export class PinBudget {
  #left = PER_SECOND;
  #at = 0;
  #isTaken = false;

  /** @param now monotonic ms */
  take(now: number): boolean {
    this.#left = Math.min(PER_SECOND, this.#left + ((now - this.#at) / 1_000) * PER_SECOND);
    this.#at = now;
    if (this.#left < 1 || this.#isTaken) return false;
    this.#left--;
    this.#isTaken = true;
    return true;
  }

  /** The one that was taken is answered. */
  giveBack(): void {
    this.#isTaken = false;
  }
}

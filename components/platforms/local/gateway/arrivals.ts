import type { Arrivals, Draws } from "../../../rollout/index.ts";
import type { Choice } from "./router.ts";

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

/** Sessions that are told apart; the first requests of further ones are not counted, whichever version they get. */
const MOST_SESSIONS = 50_000;

/**
 * What was drawn in the open interval, by the weight that it was drawn with. A session is drawn once, when its first
 * request comes: its further requests follow it and are no draws, also at a higher weight.
 */
export class ArrivalCounter {
  readonly #startedAt: number;
  readonly #sessions = new Set<number>();
  #draws: Mutable<Draws>[] = [];
  #sticky = false;

  /** @param startedAt since when sessions are remembered, in ms since 1970 */
  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  /** Counts a request that was drawn. @param weight in basis points */
  add(weight: number, choice: Choice): void {
    let last = this.#draws.at(-1);
    if (last?.weight !== weight) {
      last = { weight, stable: 0, candidate: 0 };
      this.#draws.push(last);
    }
    last[choice]++;
  }

  /** Counts a request of a session, if it is the session's first. @param place where the session's hash has put it */
  addOfSession(weight: number, choice: Choice, place: number): void {
    if (this.#sessions.has(place) || this.#sessions.size >= MOST_SESSIONS) return;
    this.#sessions.add(place);
    this.add(weight, choice);
  }

  /** Closes the interval; undefined when nothing was drawn in it. */
  take(): Arrivals | undefined {
    const draws = this.#draws;
    this.#draws = [];
    if (draws.length === 0) return undefined;
    return { draws, ...(this.#sticky && { sessionsSince: this.#startedAt }) };
  }

  /** Another rollout begins, which draws every session anew. @param sticky whether its sessions stay together */
  beginAnew(sticky: boolean): void {
    this.#sessions.clear();
    this.#draws = [];
    this.#sticky = sticky;
  }
}

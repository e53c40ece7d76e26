import type { RequestOutcome } from "../../../guards/index.ts";
import { hash32 } from "./router.ts";

/** Sessions that are told apart on one arm; further ones are not counted. */
const MOST_SESSIONS = 50_000;

/** What an interval showed of one session. */
export interface SessionUnit {
  readonly outcome: RequestOutcome;
  /** Its slowest answer; absent when none came. */
  readonly ms: number | undefined;
}

const WORSE: Readonly<Record<RequestOutcome, number>> = { answered: 0, refused: 1, failed: 2 };

/**
 * The requests of sessions on one arm. What is counted is a session in an interval: its requests are alike, so each
 * further one would be taken for independent evidence that it is not. Its worst outcome and its slowest answer stand for
 * it. Its intervals are alike as well: the 1st, 2nd, 4th, 8th … count, whatever came of them, and each in which it gets
 * worse. So one client alone decides nothing, and what fails always is not thinned against what is answered always.
 */
export class SessionUnits {
  #open = new Map<number, SessionUnit>();
  /** How each session did in its last interval, and for how many intervals since it last got worse. */
  readonly #known = new Map<number, { readonly outcome: RequestOutcome; readonly times: number }>();

  add(session: string, { outcome, ms }: SessionUnit): void {
    const key = hash32(session);
    const known = this.#open.get(key);
    if (known === undefined) {
      if (this.#open.size < MOST_SESSIONS) this.#open.set(key, { outcome, ms });
      return;
    }
    const worst = WORSE[outcome] > WORSE[known.outcome] ? outcome : known.outcome;
    const slowest = ms === undefined || (known.ms ?? 0) > ms ? known.ms : ms;
    this.#open.set(key, { outcome: worst, ms: slowest });
  }

  /** Closes the interval: what counts of it. */
  take(): readonly SessionUnit[] {
    const units = [...this.#open].flatMap(([session, unit]) => (this.#isNews(session, unit.outcome) ? [unit] : []));
    this.#open = new Map();
    return units;
  }

  clear(): void {
    this.#open.clear();
    this.#known.clear();
  }

  #isNews(session: number, outcome: RequestOutcome): boolean {
    const before = this.#known.get(session);
    if (before === undefined && this.#known.size >= MOST_SESSIONS) return false;
    const isWorse = before !== undefined && WORSE[outcome] > WORSE[before.outcome];
    const times = before === undefined || isWorse ? 1 : before.times + 1;
    this.#known.set(session, { outcome, times });
    return Number.isInteger(Math.log2(times));
  }
}

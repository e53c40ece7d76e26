/**
 * What the local gateway hands to the core of what happens, as its code does it at this commit; where that changes, this
 * file does. Requests and feedback count in the second in which they are complete, for the arm they were drawn for
 * (counters.ts, feedback.ts); an answer of 5xx counts as fast as it came, and one that never comes has no latency
 * (exchange.ts). What is known of stable's shares teaches the judge in an interval without a length, its latency does not
 * (interval-log.ts). A session counts once in an interval, thinned (sessions.ts: run here as it is).
 */
import type { LatencyGuard, TailCounts } from "../../../components/analysis/index.ts";
import { boundsOf } from "../../../components/analysis/index.ts";
import { SessionUnits } from "../../../components/platforms/local/gateway/sessions.ts";
import { binomial, type Random, tailsDrawn } from "./draw.ts";
import type { Counts } from "./rivals/rival.ts";

/** Stable's last answers, which the gateway knows when a rollout begins. */
export const knownOfStable = (random: Random, rate: number, units = 300): Counts => ({
  n0: units,
  x0: binomial(random, units, rate),
  n1: 0,
  x1: 0,
});

/** Units of both arms that become complete in later seconds: what counts in a second is what is complete in it. */
export class UnderWay {
  readonly #ring: Float64Array;
  readonly #longest: number;

  /** @param longest the longest delay, in whole seconds */
  constructor(longest: number) {
    this.#longest = longest + 1;
    this.#ring = new Float64Array(4 * this.#longest);
  }

  /** Units drawn in a second, complete so many seconds later. */
  add(second: number, delay: number, { n0, x0, n1, x1 }: Counts): void {
    const at = 4 * ((second + delay) % this.#longest);
    for (const [i, count] of [n0, x0, n1, x1].entries()) this.#ring[at + i] = (this.#ring[at + i] ?? 0) + count;
  }

  /** Those that are complete in a second; none of them is given twice. */
  take(second: number): Counts {
    const at = 4 * (second % this.#longest);
    const [n0 = 0, x0 = 0, n1 = 0, x1 = 0] = this.#ring.subarray(at, at + 4);
    this.#ring.fill(0, at, at + 4);
    return { n0, x0, n1, x1 };
  }
}

/** Answers of an arm in a second: so many, with these probabilities to be slower than a time in ms. */
export interface Answers {
  readonly count: number;
  readonly slower: (ms: number) => number;
}

/** The tails that a latency guard counts. */
export function latencyCounts(
  random: Random,
  guard: LatencyGuard,
  stable: readonly Answers[],
  candidate: readonly Answers[],
): TailCounts {
  const bounds = boundsOf(guard);
  const tails = (groups: readonly Answers[], ms: (bound: (typeof bounds)[number]) => number): number[] =>
    groups
      .map(({ count, slower }) =>
        tailsDrawn(
          random,
          count,
          bounds.map((bound) => slower(ms(bound))),
        ),
      )
      .reduce<number[]>((sum, drawn) => drawn.map((each, i) => each + (sum[i] ?? 0)), []);
  const total = (groups: readonly Answers[]): number => groups.reduce((sum, { count }) => sum + count, 0);
  return {
    n0: total(stable),
    n1: total(candidate),
    x0: tails(stable, ({ stableMs }) => stableMs),
    x1: tails(candidate, ({ candidateMs }) => candidateMs),
  };
}

/** What counts of sessions. */
export class SessionCounts {
  readonly #units = { stable: new SessionUnits(), candidate: new SessionUnits() };

  add(arm: "stable" | "candidate", session: number, outcome: "answered" | "failed"): void {
    this.#units[arm].add(String(session), { outcome, ms: 1 });
  }

  /** Closes a second. */
  take(): Counts {
    const [stable, candidate] = [this.#units.stable.take(), this.#units.candidate.take()];
    const failed = (units: typeof stable): number => units.filter(({ outcome }) => outcome === "failed").length;
    return { n0: stable.length, x0: failed(stable), n1: candidate.length, x1: failed(candidate) };
  }
}

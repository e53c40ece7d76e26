import type { Random } from "../draw.ts";

/** What is counted of one minute: `n` requests and `x` failures of stable (0) and of the candidate (1). */
export interface Counts {
  readonly n0: number;
  readonly x0: number;
  readonly n1: number;
  readonly x1: number;
}

/** A rule that others stop a candidate by, asked after each minute. */
export interface Rival {
  readonly name: string;
  /** Begins to watch a rollout; what it gives says after each minute whether the rule stops the candidate. `random`: for rules that draw. */
  readonly watch: (random: Random) => (minute: Counts) => boolean;
}

/** Totals since the rollout began. */
export const sumUp = (): ((minute: Counts) => Counts) => {
  let sum: Counts = { n0: 0, x0: 0, n1: 0, x1: 0 };
  return ({ n0, x0, n1, x1 }) => {
    sum = { n0: sum.n0 + n0, x0: sum.x0 + x0, n1: sum.n1 + n1, x1: sum.x1 + x1 };
    return sum;
  };
};

/** Units of the candidate before a rule on totals is asked at all. */
export const LEAST_UNITS = 50;

import type { Counts } from "./rivals/rival.ts";

/** Both rates, and the margin in shares. */
export interface Truth {
  readonly stable: number;
  readonly candidate: number;
  readonly margin: number;
}

/**
 * Wald's sequential test that knows both rates: the likelihood of what came under them, over that under the nearest pair
 * within the margin. Nothing that keeps alpha needs fewer units on average (Wald and Wolfowitz, 1948).
 * @param weight the candidate's share, 0 to 1
 * @returns what a block adds to the log likelihood ratio; the test stops at ln(1/alpha)
 */
export function oracle({ stable: q0, candidate: q1, margin }: Truth, weight: number): (counts: Counts) => number {
  const distance = (p0: number): number => (1 - weight) * divergence(q0, p0) + weight * divergence(q1, p0 + margin);
  let [low, high] = [1e-9, 1 - margin - 1e-9];
  for (let i = 0; i < 200; i++) {
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3];
    if (distance(left) < distance(right)) high = right;
    else low = left;
  }
  const p0 = (low + high) / 2;
  const p1 = p0 + margin;
  const [event0, none0] = [Math.log(q0 / p0), Math.log((1 - q0) / (1 - p0))];
  const [event1, none1] = [Math.log(q1 / p1), Math.log((1 - q1) / (1 - p1))];
  return ({ n0, x0, n1, x1 }) => x0 * event0 + (n0 - x0) * none0 + x1 * event1 + (n1 - x1) * none1;
}

const divergence = (q: number, p: number): number => q * Math.log(q / p) + (1 - q) * Math.log((1 - q) / (1 - p));

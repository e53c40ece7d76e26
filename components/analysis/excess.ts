import { type Block, divergence, nearestBoundaryPoint } from "./proportion.ts";

const BISECTIONS = 40;

/**
 * The largest excess p1 - p0 that the counts leave possible, 0 to 1: the one whose likelihood lies `nats` below that of
 * the rates that were seen. Without units of both it is 1. With no event in n units of the candidate beside many of
 * stable, and nats = 3, it is the rule of three: 3 / n.
 * @param nats how unlikely is impossible: ln(1/0.05) = 3.0 for 1 in 20
 */
export function largestExcess({ n0, x0, n1, x1 }: Block, nats: number): number {
  if (n0 <= 0 || n1 <= 0) return 1;
  const [q0, q1] = [x0 / n0, x1 / n1];
  const against = (excess: number): number => {
    const [p0, p1] = nearestBoundaryPoint(n0, q0, n1, q1, { ratio: 1, offset: excess });
    return n0 * divergence(q0, p0) + n1 * divergence(q1, p1);
  };
  let [low, high] = [Math.max(0, q1 - q0), 1];
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (against(middle) < nats) low = middle;
    else high = middle;
  }
  return high;
}

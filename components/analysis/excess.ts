import { halve } from "./halve.ts";
import { type Block, divergence, nearestBoundaryPoint } from "./proportion.ts";

/**
 * The largest excess p1 - p0 that the counts leave possible, 0 to 1: the one whose likelihood lies `nats` below that of
 * the rates that were seen. Without units of both it is 1. With no event in n units of the candidate beside many of
 * stable, and nats = 3, it is the rule of three: 3 / n.
 * @param nats how unlikely is impossible: ln(1/0.05) = 3.0 for 1 in 20
 */
export function largestExcess(block: Block, nats: number): number {
  const { n0, x0, n1, x1 } = block;
  if (n0 <= 0 || n1 <= 0) return 1;
  const [, largest] = halve([Math.max(0, x1 / n1 - x0 / n0), 1], (excess) => natsAgainst(block, excess) < nats);
  return largest;
}

/**
 * How far the likelihood of an excess lies below that of the rates that were seen, in nats.
 * @param block units of both versions @param excess above what was seen, up to 1
 */
export function natsAgainst({ n0, x0, n1, x1 }: Block, excess: number): number {
  const [q0, q1] = [x0 / n0, x1 / n1];
  const [p0, p1] = nearestBoundaryPoint(n0, q0, n1, q1, { ratio: 1, offset: excess });
  return n0 * divergence(q0, p0) + n1 * divergence(q1, p1);
}

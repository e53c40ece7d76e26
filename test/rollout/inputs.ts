import {
  type Arrivals,
  type ClosedInterval,
  emptyState,
  type Input,
  type RolloutState,
  step,
} from "../../components/rollout/index.ts";
import type { TrafficPlan } from "../../components/traffic/plan.ts";
import { canaryPlan } from "../support/plans.ts";

/** The time of every input here: nothing is measured with it. */
export const NOW = Date.UTC(2026, 0, 1);
const AT = new Date(NOW).toISOString();

/** The state after an input at that time. */
export const take = (state: RolloutState, input: Omit<Input, "now">): RolloutState =>
  step(state, { ...input, now: NOW } as Input).state;

/** The state after these plans. */
export const from = (...plans: readonly TrafficPlan[]): RolloutState =>
  plans.reduce((state, plan) => take(state, { kind: "plan", plan } as Input), emptyState(AT));

/** A candidate that climbs by itself. @param weight its target, in basis points */
export const climbing = (weight = 10_000): TrafficPlan =>
  canaryPlan({ weight }, { advance: "automatic", bakeMs: 1_000 });

/** What is counted in an interval: `n` requests and `x` failures of stable (0) and of the candidate (1). */
export interface Counted {
  readonly seconds?: number;
  readonly n0?: number;
  readonly x0?: number;
  readonly n1?: number;
  readonly x1?: number;
  readonly arrivals?: Arrivals | undefined;
}

/** An interval with these counts, of a second and without a request unless they say more. */
export const interval = ({ seconds = 1, n0 = 0, x0 = 0, n1 = 0, x1 = 0, arrivals }: Counted): ClosedInterval => ({
  live: { at: NOW, seconds, step: 0, counts: { errorRate: { n0, x0, n1, x1 } } },
  ...(arrivals !== undefined && { arrivals }),
});

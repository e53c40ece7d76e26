import type { TrafficPlan } from "../traffic/plan.ts";

/** When each notice of a plan was first seen, in Unix seconds. */
export const noticedSince = (
  plan: TrafficPlan,
  before: Readonly<Record<string, number>>,
  now: number,
): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.keys(plan.notices).map((name) => [name, before[name] ?? Math.floor(now / 1000)]));

export { ladder } from "./ladder.ts";
export type { RolloutPlan, TrafficPlan, VersionPlan } from "./plan.ts";
export { contentOf, planTraffic, rolloutIdentity } from "./plan-traffic.ts";
export type * from "./status.ts";
export { splitWeights, trafficWeights } from "./weights.ts";

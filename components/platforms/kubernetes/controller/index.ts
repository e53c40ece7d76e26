/** Drives a route of a cluster: the shell around what decides a rollout. Who runs it, a pod or a laptop, makes no difference. */
export { entriesIn, pairedIn, runningIntervals } from "./history.ts";
export { type Kept, readKept, STATE_KEY } from "./kept.ts";
export { look, type Seen, type Stopped } from "./look.ts";
export type { ConfigMap, HttpRoute } from "./objects.ts";
export { type Passed, pass } from "./pass.ts";
export { type TakeBack, type TakenBack, takeBack } from "./take-back.ts";
export type { Target, World } from "./world.ts";

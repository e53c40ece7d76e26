/** Counts of both versions of a rollout in a cluster: raw samples of a Prometheus since a cursor, as its gateway counts. */
export { type Counted, countSince } from "./count.ts";
export { type CountCursor, readCursor } from "./cursor.ts";
export type { CountQuestion } from "./question.ts";
export { readCounts } from "./read.ts";

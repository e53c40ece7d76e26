/** The release document and what is derived from it, without the engine: what `pulumi-model-lifecycle/spec` gives. */
export * from "./release/index.ts";
export * from "./sources/index.ts";
export type * from "./traffic/index.ts";
export { ladder, splitWeights, trafficWeights } from "./traffic/index.ts";

/** What somebody else writes a provider of resources with; given by `pulumi-model-lifecycle/provider`. */
export { NotReady, type ResourceKind } from "./kind.ts";
export type { Place, Records, ResourceRecord, Settled, Subject } from "./place.ts";
export type { Properties } from "./properties.ts";

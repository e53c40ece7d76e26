/** What somebody else writes a provider of resources with; given by `pulumi-model-lifecycle/provider`. */
export { NotReady, type ResourceKind } from "./kind.ts";
export type { Place, Records, ResourceRecord, Settled, Subject } from "./place.ts";
export type { Properties } from "./properties.ts";
export { type ProviderSettings, ResourceProvider } from "./provider.ts";
export type { AnyKind, KindTable } from "./registry.ts";
export { serveProvider } from "./serve.ts";

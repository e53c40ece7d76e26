import "./kit/node-version.ts";

export { CanaryRollout, type CanaryRolloutArgs } from "./canary-rollout.ts";
export { readRelease, type Tags, type Transform } from "./kit/index.ts";
export { ModelArchive, type ModelArchiveArgs } from "./model-archive.ts";
export { ModelEndpoint, type ModelEndpointArgs } from "./model-endpoint.ts";
export { ModelRegistry, type ModelRegistryArgs } from "./model-registry.ts";
export { ModelRetirement, type ModelRetirementArgs } from "./model-retirement.ts";
export { MonitoringStack, type MonitoringStackArgs } from "./monitoring-stack.ts";

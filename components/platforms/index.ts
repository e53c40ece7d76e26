/**
 * What somebody else implements: a platform that serves, what asks it, where archives are kept, what watches, which model
 * registry is told, and where
 * content comes from. Given by `pulumi-model-lifecycle/platforms`.
 */
export type {
  ArchiveContext,
  ArchiveHandle,
  ArchivePlan,
  ArchiveStore,
  ArchivingPlatform,
  LoadStore,
} from "../archives/archive-store.ts";
export {
  allMetrics,
  type Capabilities,
  type Climbs,
  type Measured,
  type MeasuredMetrics,
  type Weights,
} from "../capabilities/index.ts";
export type { Tags } from "../kit/index.ts";
export type {
  LoadRegistry,
  RegistryContext,
  RegistryPlan,
  RegistryWriter,
} from "../model-registries/registry-writer.ts";
export type {
  KeepDocument,
  LoadMonitor,
  Monitor,
  MonitorContext,
  MonitorDocument,
  MonitorHandle,
  MonitorPlan,
  WatchedPlatform,
} from "../monitors/monitor.ts";
export type { Ended, HistoryEntry, HistorySummary, Refusal } from "../rollout/index.ts";
export {
  type Found,
  type HashedFile,
  hashDirectory,
  hashOfFiles,
  type LoadSource,
  listDirectory,
  type Source,
  type SourceContext,
  UnhashableError,
} from "../sources/index.ts";
export { SourceError } from "../sources/source.ts";
export type { TrafficPlan, TrafficStatus } from "../traffic/index.ts";
export {
  type Answer,
  type ArchiveWanted,
  bad,
  type DataPlane,
  type Endpoint,
  type EndpointChoice,
  type EndpointLook,
  type Finding,
  good,
  type Inspection,
  type Leftover,
  type LocateDataPlane,
  type Look,
  note,
  type StackRequest,
  type TakeBack,
} from "./data-plane.ts";
export {
  checkPlan,
  type LoadPlatform,
  type ServingContext,
  type ServingHandle,
  type ServingPlan,
  type ServingPlatform,
} from "./platform.ts";
export type {
  AskedProtocol,
  Rehearsal,
  RehearsalRequest,
  Rehearse,
  Signature,
  TensorSignature,
} from "./rehearsal.ts";

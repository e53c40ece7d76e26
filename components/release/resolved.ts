import type { Guard } from "../guards/index.ts";
import type { Consumer, Model } from "./document.ts";
import type { Delivery, ResolvedOf } from "./kind.ts";
import type {
  archiveKinds,
  modelRegistryKinds,
  monitorKinds,
  platformKinds,
  runtimeKinds,
  sourceKinds,
} from "./kinds.ts";

export type { Guard } from "../guards/index.ts";
export type { Delivery } from "./kind.ts";

/** A release with its defaults filled in and its units as numbers: what components, platforms and policies work with. */
export interface ResolvedRelease {
  readonly model: Model;
  /** The least time between the notice of a version and its sunset, in milliseconds. */
  readonly noticeMs: number;
  readonly platform: ResolvedPlatform;
  /** Every version of the document, retired ones included. */
  readonly versions: Readonly<Record<string, ResolvedVersion>>;
  readonly rollout: ResolvedRollout;
  /** Versions on their way out, by name; a retired one may have left `versions`. */
  readonly retirement: Readonly<Record<string, VersionNotice>>;
  /** Where archives are kept; absent when neither the release nor its platform says so. */
  readonly archive?: ResolvedArchive;
  /** Who watches what serves; absent when neither the release nor its platform says so. */
  readonly monitor?: ResolvedMonitor;
  /** Which model registry is told what serves; absent when none is. */
  readonly modelRegistry?: ResolvedModelRegistry;
  readonly consumers: readonly Consumer[];
  /** Where the document stands in the configuration, for problems found later: `model-lifecycle:release`. */
  readonly origin: string;
}

/** Where a model is served, told apart by `kind`, with its defaults filled in. */
export type ResolvedPlatform = ResolvedOf<typeof platformKinds> & {
  /** The longest a version may take over an answer, in milliseconds, where the platform can be told. */
  readonly deadlineMs?: number;
};

/** Where content comes from and what it must be, told apart by `kind`. */
export type ResolvedSource = ResolvedOf<typeof sourceKinds> & {
  /** What a platform gets of it. Absent: files. */
  readonly delivers?: Delivery;
};

/** What answers for a version, told apart by `kind`, with its defaults filled in. */
export type ResolvedRuntime = ResolvedOf<typeof runtimeKinds>;

/** Where archives are kept, told apart by `kind`. */
export type ResolvedArchive = ResolvedOf<typeof archiveKinds>;

/** Who watches what serves, told apart by `kind`. */
export type ResolvedMonitor = ResolvedOf<typeof monitorKinds>;

/** Which model registry is told what serves, told apart by `kind`. */
export type ResolvedModelRegistry = ResolvedOf<typeof modelRegistryKinds>;

/** One version with its defaults filled in. */
export interface ResolvedVersion {
  /** Where the content comes from, and what it must be. */
  readonly source: ResolvedSource;
  /** The reference that it was added by, for people and for the registry that it came from. */
  readonly from?: string;
  /** What answers for it; absent: the library's own model server. */
  readonly serve?: ResolvedRuntime;
  readonly checks: ResolvedChecks;
  /** False for a retired version: it gets no resources. */
  readonly deployed: boolean;
}

/** What a version must pass before any request reaches it, as numbers. */
export interface ResolvedChecks {
  /** Path of the golden requests, relative to the project's folder. */
  readonly golden?: string;
  /** The least share by metric, 0 to 1. */
  readonly floor: Readonly<Record<string, number>>;
  /** The latency budget at the 99th percentile, in milliseconds. */
  readonly latencyMs?: number;
}

/** Who serves, who is on trial, and how the trial goes, as numbers. */
export interface ResolvedRollout extends RolloutSettings {
  readonly stable: string;
  /** Why `stable` serves although it has not proven itself. */
  readonly override?: string;
  readonly previous?: string;
  readonly candidate?: string;
  /** The candidate's target; present exactly when there is a candidate. */
  readonly weight?: TrafficStep;
  /** For each of `guards` its index in the document's list; of one that another brought along, that one's. */
  readonly guardIndexes: readonly number[];
  /** The request header that keeps a caller with one version, in lower case. */
  readonly stickyHeader?: string;
}

/** How a rollout is climbed and judged. */
export interface RolloutSettings {
  /** Which try this is, from 1: a content that was stopped is tried again under a higher one. */
  readonly attempt: string;
  /** Where the candidate's share stops on its way to `weight`, in order. */
  readonly steps: readonly TrafficStep[];
  /** Whether the share climbs on evidence, or only by an edit of `weight`. */
  readonly advance: "automatic" | "manual";
  /** What the candidate is judged by; none means that nothing is judged. */
  readonly guards: readonly Guard[];
  /** What stable keeps until the candidate is promoted, in basis points: there is something to compare with. Absent in plans of version 0.1.0: nothing. */
  readonly holdBack?: number;
  /** What of all requests the candidate may still fail at the next step before it gets there, in basis points (1 to 10,000). Absent in plans of version 0.1.0: all. */
  readonly harmBudget?: number;
  /** How long latency is left out of the comparison after the candidate's first request, in milliseconds. Absent in plans of version 0.1.0: not at all. */
  readonly warmUpMs?: number;
  /** The least time on a step before it is left upwards, in milliseconds. */
  readonly bakeMs: number;
  /** Without a decision after this time the verdict is inconclusive, in milliseconds. */
  readonly maxDurationMs: number;
  /** What happens then: the share stays, the candidate is stopped, or it is taken as good. */
  readonly onInconclusive: "hold" | "rollback" | "promote";
  /** Chance of stopping a harmless candidate, over the whole rollout (0 to 1). */
  readonly alpha: number;
  /** Chance of calling a harmful candidate harmless (0 to 1). */
  readonly beta: number;
}

/** A stop of the climb: copies for a candidate that answers nobody, or its share in basis points (0 to 10,000). */
export type TrafficStep = { readonly kind: "shadow" } | { readonly kind: "weight"; readonly weight: number };

/** How far a version is on its way out. */
export interface VersionNotice {
  readonly phase: "deprecated" | "archived" | "retired";
  /** When the version stops answering: RFC 3339 in UTC. */
  readonly sunset: string;
  /** The version to use instead. */
  readonly successor: string;
}

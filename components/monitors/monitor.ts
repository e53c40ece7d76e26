import type * as pulumi from "@pulumi/pulumi";
import type { Capabilities } from "../capabilities/index.ts";
import type { Tags } from "../kit/index.ts";
import type { ResolvedMonitor, ResolvedRelease } from "../release/index.ts";
import type { TrafficPlan } from "../traffic/index.ts";

/** Where in a program a model is watched. */
export interface MonitorContext {
  /** Logical name of the monitoring stack; every child's name starts with it. */
  readonly name: string;
  /** The component that watches: the parent of every resource. */
  readonly parent: pulumi.ComponentResource;
  /** For every resource that can carry them. */
  readonly tags: Tags;
}

/** What is watched. */
export interface MonitorPlan {
  /** The release as its document has it, with defaults filled in. */
  readonly release: ResolvedRelease;
  /** Who is compared with whom, and when harm is harm. */
  readonly traffic: TrafficPlan;
}

/** What a monitor put where: path or address by name (`rules`, `dashboard`). */
export type MonitorHandle = Readonly<Record<string, pulumi.Output<string>>>;

/** Who watches a served model. Made by a factory: `localDocuments()`. */
export interface Monitor {
  /** Creates what watches; called once for each monitoring stack. */
  watch(context: MonitorContext, plan: MonitorPlan): MonitorHandle;
}

/** A text that a monitor has written for somebody else's tool. */
export interface MonitorDocument {
  /** What it is for: the last part of the resource's name. */
  readonly as: "rules" | "dashboard" | "targets";
  /** Its file name. */
  readonly name: string;
  /** All of it. */
  readonly content: string;
  /** The same as an object of a cluster: what is made of it where `manifests` says so. */
  readonly manifest?: Manifest;
}

/** An object of a cluster without its name and place. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  /** Beside the labels that every object of the model carries. */
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: object;
}

/** How requests of versions are counted where a model is served: PromQL, per second, labelled `model` and `version`. A window is a range such as "5m". */
export interface VersionSeries {
  /** Requests that were sent to each version. */
  readonly requests: (window: string) => string;
  /** Those of them that it failed: no answer, or 5xx. */
  readonly failures: (window: string) => string;
  /** Latency of its answers in seconds; `share` 0.99 is the 99th percentile. Absent where nothing measures it. */
  readonly latency?: (share: number, window: string) => string;
  /** Requests of a model that one version failed and another one answered; absent where nobody does. */
  readonly answeredInstead?: (window: string) => string;
}

/** Something that exposes metrics in a cluster: pods with all of these labels. */
export interface Scraped {
  /** Of the object that says so; unique for the model. */
  readonly name: string;
  readonly matchLabels: Readonly<Record<string, string>>;
  /** The port by its name in the pod. */
  readonly port: string;
  readonly path: string;
}

/** Puts a text where a platform has a place for it: a file, a map of a cluster. Gives path or address. */
export type KeepDocument = (
  context: MonitorContext,
  release: ResolvedRelease,
  document: MonitorDocument,
) => pulumi.Output<string>;

/** What a monitor may ask of the platform that serves. */
export interface WatchedPlatform {
  /** Puts a text where the platform has a place for it. */
  readonly keep: KeepDocument;
  /** Its series: what there is to draw and to alert on. */
  readonly capabilities: Pick<Capabilities, "series">;
  /** How it counts requests of versions. @default as our own gateway does */
  readonly versionSeries?: (plan: MonitorPlan) => VersionSeries;
  /** What has to be scraped for its series. @default nothing that a cluster could find */
  readonly scraped?: (plan: MonitorPlan) => readonly Scraped[];
  /** Whether `keep` makes objects of a cluster of what has a manifest. @default false */
  readonly manifests?: boolean;
}

/** Makes the monitor that a release names by `monitor`; `load.ts` of a kind's folder exports it as `load`. */
export type LoadMonitor<Part = ResolvedMonitor> = (part: Part, platform: WatchedPlatform) => Monitor;

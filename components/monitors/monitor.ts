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
  readonly as: "rules" | "dashboard";
  /** Its file name. */
  readonly name: string;
  /** All of it. */
  readonly content: string;
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
}

/** Makes the monitor that a release names by `monitor`; `load.ts` of a kind's folder exports it as `load`. */
export type LoadMonitor<Part = ResolvedMonitor> = (part: Part, platform: WatchedPlatform) => Monitor;

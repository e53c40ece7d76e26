import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../kit/index.ts";
import type { ResolvedMonitor, ResolvedRelease } from "../release/index.ts";
import type { TrafficPlan } from "../traffic/index.ts";

export interface MonitorContext {
  /** Logical name of the monitoring stack; every child's name starts with it. */
  readonly name: string;
  readonly parent: pulumi.ComponentResource;
  /** For every resource that can carry them. */
  readonly tags: Tags;
}

export interface MonitorPlan {
  readonly release: ResolvedRelease;
  readonly traffic: TrafficPlan;
}

/** What a monitor put where: path or address by name (`rules`, `dashboard`). */
export type MonitorHandle = Readonly<Record<string, pulumi.Output<string>>>;

/** Who watches a served model. Made by a factory: `localDocuments()`. */
export interface Monitor {
  watch(context: MonitorContext, plan: MonitorPlan): MonitorHandle;
}

/** A text that a monitor has written for somebody else's tool. */
export interface MonitorDocument {
  /** What it is for: the last part of the resource's name. */
  readonly as: "rules" | "dashboard";
  /** Its file name. */
  readonly name: string;
  readonly content: string;
}

/** Puts a text where a platform has a place for it: a file, a map of a cluster. Gives path or address. */
export type KeepDocument = (
  context: MonitorContext,
  release: ResolvedRelease,
  document: MonitorDocument,
) => pulumi.Output<string>;

/** Makes the monitor that a release names by `monitor`; `load.ts` of a kind's folder exports it as `load`. */
export type LoadMonitor<Part = ResolvedMonitor> = (part: Part, platform: { readonly keep: KeepDocument }) => Monitor;

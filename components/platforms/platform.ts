import type * as pulumi from "@pulumi/pulumi";
import type { ArchiveStore } from "../archives/archive-store.ts";
import { type Capabilities, type ServingPlan, shortfalls } from "../capabilities/index.ts";
import type { Tags } from "../kit/index.ts";
import type { KeepDocument } from "../monitors/monitor.ts";
import type { Problem, ResolvedPlatform } from "../release/index.ts";

export type { ServingPlan } from "../capabilities/index.ts";

/** Where in a program something is served. */
export interface ServingContext {
  /** Logical name of the endpoint; every child's name starts with it. */
  readonly name: string;
  /** The endpoint: the parent of every resource that serves it. */
  readonly parent: pulumi.ComponentResource;
  /** For every resource that can carry them. */
  readonly tags: Tags;
}

/** What a platform made for an endpoint. */
export interface ServingHandle {
  /** Where clients send requests. It does not change over the life of the endpoint. */
  readonly url: pulumi.Output<string>;
  /** The one resource that a weight step changes. */
  readonly route: pulumi.Resource;
  /** What serves each deployed version, and must outlive what depends on it. */
  readonly variants: Readonly<Record<string, readonly pulumi.Resource[]>>;
}

/** Where models are served. Made by a factory: `local()`. */
export interface ServingPlatform {
  /** Must agree with `platform.kind` of the release. */
  readonly kind: string;
  /** What it can do; plans that ask more never reach `serve`. */
  readonly capabilities: Capabilities;
  /** Creates what serves; called once per endpoint, with a plan that passed `checkPlan`. */
  serve(context: ServingContext, plan: ServingPlan): ServingHandle;
  /** Puts what a monitor has written where this platform has a place for texts. */
  readonly keep: KeepDocument;
  /** The archive that this platform keeps by itself. @default - none: a release names a kind of archive of its own */
  readonly archive?: ArchiveStore;
}

/** Makes the platform that a release names by `platform`; `load.ts` of a kind's folder exports it as `load`. */
export type LoadPlatform<Part = ResolvedPlatform> = (part: Part) => ServingPlatform;

/** Lists everything in a plan that the platform cannot do, before anything is created. */
export function checkPlan(plan: ServingPlan, { capabilities, kind }: ServingPlatform): readonly Problem[] {
  const { origin, platform } = plan.release;
  const otherKind: Problem = {
    path: `${origin}.platform.kind`,
    seen: `"${platform.kind}"`,
    allowed: `"${kind}", which the program uses`,
    cure: "make the two agree",
  };
  return [
    ...(platform.kind === kind ? [] : [otherKind]),
    ...shortfalls(plan, capabilities).map(({ path, seen, allowed, cure }) => ({
      path: `${origin}.${path}`,
      seen,
      allowed: `${allowed} on platform ${kind}`,
      cure,
    })),
  ];
}

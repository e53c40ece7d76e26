import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../kit/index.ts";
import type { KeepDocument } from "../monitors/monitor.ts";
import { defaultPath, type Problem, type ResolvedPlatform, type ResolvedRelease } from "../release/index.ts";
import type { TrafficPlan } from "../traffic/index.ts";

/** What a platform can do; shared code asks this and never which platform it is. */
export interface Capabilities {
  /**
   * exact: any share in basis points. slots: shares are multiples of `slot`.
   */
  readonly weights: { readonly kind: "exact" } | { readonly kind: "slots"; readonly slot: number };
  /** Copies of requests to a version that answers nobody. */
  readonly shadow: boolean;
  /** How many versions may be deployed side by side. */
  readonly maxVariants: number;
  /** Requests of one user stay with one version. */
  readonly sticky: boolean;
}

export interface ServingPlan {
  readonly release: ResolvedRelease;
  readonly traffic: TrafficPlan;
}

export interface ServingContext {
  /** Logical name of the endpoint; every child's name starts with it. */
  readonly name: string;
  readonly parent: pulumi.ComponentResource;
  /** For every resource that can carry them. */
  readonly tags: Tags;
}

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
  readonly capabilities: Capabilities;
  /** Creates what serves; called once per endpoint, with a plan that passed `checkPlan`. */
  serve(context: ServingContext, plan: ServingPlan): ServingHandle;
  /** Puts what a monitor has written where this platform has a place for texts. */
  readonly keep: KeepDocument;
}

/** Makes the platform that a release names by `platform`; `load.ts` of a kind's folder exports it as `load`. */
export type LoadPlatform<Part = ResolvedPlatform> = (part: Part) => ServingPlatform;

const FULL = 10_000;

/** Lists everything in a plan that the platform cannot do, before anything is created. */
export function checkPlan({ release, traffic }: ServingPlan, platform: ServingPlatform): readonly Problem[] {
  const { capabilities, kind } = platform;
  const problems: Problem[] = [];
  const add = (path: string, seen: string, allowed: string, cure: string) =>
    problems.push({ path: `${defaultPath}.${path}`, seen, allowed, cure });

  if (release.platform.kind !== kind) {
    add("platform.kind", `"${release.platform.kind}"`, `"${kind}", which the program uses`, "make the two agree");
  }
  const deployed = Object.keys(traffic.versions);
  if (deployed.length > capabilities.maxVariants) {
    add(
      "versions",
      `${deployed.length} deployed versions (${deployed.join(", ")})`,
      `at most ${capabilities.maxVariants} on platform ${kind}`,
      "retire or remove one",
    );
  }
  if (!capabilities.shadow) {
    const allowed = `shares only on platform ${kind}`;
    if (traffic.shadow) add("rollout.weight", `"shadow"`, allowed, "name a share");
    traffic.rollout.steps.forEach((step, index) => {
      if (step.kind === "shadow") add(`rollout.steps[${index}]`, `"shadow"`, allowed, "remove the step");
    });
  }
  if (!capabilities.sticky && traffic.stickyHeader !== undefined) {
    add("rollout.sticky", `"${traffic.stickyHeader}"`, `no sticky routing on platform ${kind}`, "remove it");
  }
  if (capabilities.weights.kind === "slots") {
    const { slot } = capabilities.weights;
    const refuse = (path: string, weight: number) => {
      if (weight % slot === 0) return;
      const nearest = Math.min(FULL, Math.max(slot, Math.round(weight / slot) * slot));
      add(path, share(weight), `multiples of ${share(slot)} on platform ${kind}`, `the nearest is ${share(nearest)}`);
    };
    refuse("rollout.weight", traffic.weight);
    traffic.rollout.steps.forEach((step, index) => {
      if (step.kind === "weight") refuse(`rollout.steps[${index}]`, step.weight);
    });
  }
  return problems;
}

const share = (weight: number) => `"${weight / 100}%"`;

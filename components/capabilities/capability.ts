import type { ResolvedRelease } from "../release/index.ts";
import type { TrafficPlan } from "../traffic/index.ts";

/** What a platform is asked to serve. */
export interface ServingPlan {
  /** The release as its document has it, with defaults filled in. */
  readonly release: ResolvedRelease;
  /** What a data plane needs of it; derived from the same release. */
  readonly traffic: TrafficPlan;
}

/** Something of a plan that a platform cannot do. */
export interface Shortfall {
  /** Where it stands in the release: `rollout.weight`. */
  readonly path: string;
  /** What stands there. */
  readonly seen: string;
  /** What may stand there; "on platform …" is added to it. */
  readonly allowed: string;
  /** What to do about it. */
  readonly cure: string;
}

/** One question that every platform answers: a row of the table that checks, docs and conformance tests come from. */
export interface Capability<Value> {
  /** What the answer says, a sentence or two for docs/platforms.md. */
  readonly means: string;
  /** What of a plan is refused because of the answer; of an answer that refuses nothing, what it is for. */
  readonly refuses: string;
  /** Everything of a plan that a platform of this answer cannot do. */
  readonly check: (value: Value, plan: ServingPlan) => readonly Shortfall[];
  /** The answer in words, for a cell of a table. */
  readonly describe: (value: Value) => string;
}

/** A check for answers that restrict no plan. */
export const restrictsNothing = (): readonly Shortfall[] => [];

/** Yes or no, in words. */
export const yesOrNo = (value: boolean): string => (value ? "yes" : "no");

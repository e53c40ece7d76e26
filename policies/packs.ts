import type { Rule } from "./rule.ts";
import { candidateHasGuard } from "./rules/candidate-has-guard.ts";

/** Rules that are enforced together. */
export interface Pack {
  /** The name CrossGuard shows and configuration files use. */
  readonly name: string;
  /** What the pack is for, as one sentence without a full stop. */
  readonly title: string;
  readonly rules: readonly Rule[];
}

export const corePack: Pack = {
  name: "model-lifecycle",
  title: "What every model version change must hold, whatever the platform",
  rules: [candidateHasGuard],
};

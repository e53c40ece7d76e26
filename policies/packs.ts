import type { AnyRule, Rule } from "./rule.ts";
import { archiveIsLocked } from "./rules/archive/archive-is-locked.ts";
import { archivedVersionIsKept } from "./rules/notice/archived-version-is-kept.ts";
import { candidateHasGuard } from "./rules/traffic/candidate-has-guard.ts";

/** Rules that are enforced together. */
export interface Pack<Rules extends AnyRule = Rule> {
  /** The name CrossGuard shows and configuration files use. */
  readonly name: string;
  /** What the pack is for, as one sentence without a full stop. */
  readonly title: string;
  readonly rules: readonly Rules[];
  /** What a finding does where nothing is configured: `mandatory` stops the update, `advisory` is shown. @default "mandatory" */
  readonly level?: "advisory" | "mandatory";
}

/** The pack that every stack can be held to: what it refuses harms somebody. */
export const corePack: Pack = {
  name: "model-lifecycle",
  title: "What every model version change must hold, whatever the platform",
  rules: [candidateHasGuard],
};

/** What an auditor asks for later. A finding is advice where nothing else is configured. */
export const recordsPack: Pack<AnyRule> = {
  name: "model-records",
  title: "What stays of a version that has left service",
  level: "advisory",
  rules: [archivedVersionIsKept, archiveIsLocked],
};

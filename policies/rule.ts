import type { TrafficPlan } from "../components/traffic/plan.ts";

/** One guardrail. It knows plain data only, so that every place that can refuse a plan asks the same question. */
export interface Rule {
  /** Kebab-case, and the name of the file the rule stands in. */
  readonly id: string;
  /** What holds when the rule holds, as one sentence without a full stop. */
  readonly title: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  /**
   * What is wrong with a plan; empty when nothing is. A plan that gives the candidate no traffic is never refused: it
   * is what an abort or a rollback leaves behind.
   */
  readonly check: (traffic: TrafficPlan) => readonly Finding[];
  /** Run by a test and shown in the catalogue. */
  readonly examples: { readonly good: readonly Example[]; readonly bad: readonly Example[] };
}

/** One plan, named by what it shows. */
export interface Example {
  readonly name: string;
  readonly traffic: TrafficPlan;
}

/** One thing wrong with a plan, complete enough to be put right without reading anything else. */
export interface Finding {
  /** Where it stands in the release document: `rollout.guards`. */
  readonly path: string;
  /** What stands there. */
  readonly seen: string;
  /** What comes of it. */
  readonly cause: string;
  /** What to do about it. */
  readonly cure: string;
}

/** A finding as text for a terminal. */
export function renderFinding({ path, seen, cause, cure }: Finding): string {
  return [path, `  seen:    ${seen}`, `  cause:   ${cause}`, `  do this: ${cure}`].join("\n");
}

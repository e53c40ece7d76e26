import type { JudgeSettings, Verdict } from "../analysis/index.ts";
import type { TrafficPlan } from "../traffic/plan.ts";
import type { PairedHistory } from "./learnt.ts";
import { describeRung } from "./progress.ts";
import type { StableChange } from "./refusal.ts";

/** What ended a rollout, or the service of a version. */
export type Ending =
  /** A guard, or the longest time. */
  | "stopped"
  /** A person ended the rollout. */
  | "aborted"
  /** What served everybody does so no more. */
  | "rolledBack"
  | "promoted"
  /** An unproven version was let in with a reason. */
  | "overridden"
  /** Another rollout, or none, took its place while it ran. */
  | "replaced"
  /** The endpoint was taken down while it ran. */
  | "removed";

/** One ending: what ran, until when, why and by whom, and on what it was judged. */
export interface EndingRecord {
  readonly how: Ending;
  readonly model: string;
  /** Empty when no rollout ran. */
  readonly identity: string;
  readonly attempt: string;
  readonly stable: string;
  readonly candidate?: string;
  /** Who serves everybody after it. */
  readonly serving: string;
  /** The content of each version that was deployed. */
  readonly contents: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly from: string;
  /** RFC 3339. */
  readonly to: string;
  /** As in the status: `guard:<metric>`, `person`, `plan`, `inconclusive`. */
  readonly cause: string;
  readonly reason: string;
  readonly by?: string;
  readonly settings?: JudgeSettings;
  /** Version of the judge's method that it was judged by; absent in records of version 0.1.0, which are of method 1. */
  readonly method?: number;
  /** With the counts of each guard. */
  readonly verdict?: Verdict;
  /** Which intervals are its evidence. */
  readonly question?: string;
  /** Of a promoted rollout: its counts side by side, for the judges of later ones. Absent in records of version 0.1.0. */
  readonly paired?: PairedHistory;
}

/** Why something ended. */
export interface Why {
  readonly cause: string;
  readonly reason: string;
  readonly by?: string;
  /** @default the beginning of the rollout */
  readonly from?: string;
  /** @default who serves now */
  readonly serving?: string;
}

/** What a plan ends that is about to be in force. `replaces`: a rollout runs that it does not go on with. */
export function endingBy(
  plan: TrafficPlan,
  change: StableChange,
  replaces: boolean,
): (Why & { readonly how: Ending }) | undefined {
  const by = (how: Ending, reason: string) => ({ how, cause: "plan", reason, serving: plan.stable });
  switch (change) {
    case "promotion":
      return by("promoted", `${plan.stable} reached its target on evidence`);
    case "override":
      return by("overridden", plan.override ?? "");
    case "rollback":
      return by("rolledBack", `a plan made ${plan.stable} stable again`);
    default:
      return replaces ? by("replaced", describePlan(plan)) : undefined;
  }
}

/** Who serves by a plan, in words. */
export function describePlan({ stable, candidate, weight, shadow, rollout }: TrafficPlan): string {
  if (candidate === undefined) return `${stable} serves`;
  return `${stable} serves, ${candidate} ${rollout.advance === "automatic" ? "climbs to" : "gets"} ${describeRung(shadow ? "shadow" : weight)}`;
}

/** What is known of a rollout that runs. */
export function factsOfRunning({
  model,
  stable,
  candidate,
  versions,
  rollout: { identity, attempt },
}: TrafficPlan): Pick<EndingRecord, "identity" | "attempt" | "model" | "stable" | "candidate" | "contents"> {
  const contents = Object.fromEntries(Object.entries(versions).map(([name, { content }]) => [name, content]));
  return { model, identity, attempt, stable, contents, ...(candidate !== undefined && { candidate }) };
}

/** What a record says of the plan that was in force until then. */
export function describeEnding(
  plan: TrafficPlan,
  { cause, reason, by, from, serving }: Why & { readonly from: string; readonly serving: string },
): Omit<EndingRecord, "how" | "to"> {
  return {
    ...factsOfRunning(plan),
    serving,
    from,
    cause,
    reason,
    ...(by !== undefined && { by }),
  };
}

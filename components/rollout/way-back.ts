import type { TrafficPlan } from "../traffic/plan.ts";
import { type Contents, contentOf, recordOf } from "./contents.ts";
import type { Refusal } from "./refusal.ts";

/** Where a rollback goes. */
export type WayBack =
  /** A version that is named, but may not serve everybody. */
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** No further than to the end of the rollout that runs; without one there is nothing to do any more. */
  | { readonly kind: "end" }
  /** Nothing that served before is kept warm. */
  | { readonly kind: "nowhere" }
  | { readonly kind: "version"; readonly version: string };

/** What decides where a rollback goes. */
export interface RollbackFacts {
  readonly plan: TrafficPlan;
  /** The version that serves everybody now. */
  readonly serving: string;
  /** The version that is asked for by name. */
  readonly to?: string | undefined;
  /** A person took traffic back before, and no plan has moved any since. */
  readonly takenBack: boolean;
  readonly contents: Contents;
  /** A version's server is known. */
  readonly answers: (version: string) => boolean;
}

/** The same again goes nowhere, and a rollout that runs is ended first: further back goes only who names the version. */
export function wayBack({ plan, serving, to, takenBack, contents, answers }: RollbackFacts): WayBack {
  if (to === serving) return { kind: "end" };
  if (to !== undefined) {
    const refusal = refuseReturn(plan, to, contents, answers);
    return refusal === undefined ? { kind: "version", version: to } : { kind: "refused", refusal };
  }
  if (plan.candidate !== undefined || takenBack) return { kind: "end" };
  const { previous } = plan;
  const isKept = previous !== undefined && refuseReturn(plan, previous, contents, answers) === undefined;
  return isKept ? { kind: "version", version: previous } : { kind: "nowhere" };
}

/** Why a version may not serve everybody again; undefined when it may. `answers`: its server is known. */
function refuseReturn(
  plan: TrafficPlan,
  to: string,
  contents: Contents,
  answers: (version: string) => boolean,
): Refusal | undefined {
  const mayServe = (version: string): boolean => {
    const { servedSince, ended } = recordOf(contents, contentOf(plan, version));
    return servedSince !== undefined && ended === undefined && answers(version);
  };
  if (mayServe(to)) return undefined;
  const { ended } = recordOf(contents, contentOf(plan, to));
  const allowed = Object.keys(plan.versions).filter(mayServe).join(", ");
  return {
    code: ended === undefined ? "unproven" : "rolledBack",
    error: `to: saw ${JSON.stringify(to.slice(0, 100))}; allowed is a deployed version that served everybody before and was not rolled back (${allowed})`,
    reason: ended?.reason ?? "it is not deployed, or has never served everybody",
  };
}

import type { Limit } from "../../../rollout/index.ts";
import { acceptanceOf } from "../route/accepted.ts";
import { describeSplit, isAlike, shareIn } from "../route/split.ts";
import { type Decision, forget, tell } from "./decide.ts";
import type { Ready } from "./intent.ts";
import type { Kept } from "./kept.ts";
import type { Seen } from "./look.ts";
import { limitByPods } from "./readiness.ts";

/** Something about the route that keeps a candidate where it is. */
interface Trouble {
  /** The same again is not told. */
  readonly about: string;
  /** The kind of its event. */
  readonly kind: "drift" | "gateway";
  /** For people. */
  readonly text: string;
  /** What would have to change, in words. */
  readonly because: string;
}

/** Tells people what keeps the candidate where it is, once. */
export function tellTrouble(decision: Decision, seen: Seen, namespace: string, now: number): Decision {
  const { kept } = decision;
  if (seen.fence !== kept.fence || kept.state.plan === undefined) return decision;
  const trouble = troubleOf(seen, kept, namespace);
  return trouble === undefined ? forget(decision, "route") : tell(decision, "route", trouble.about, trouble, now);
}

/** Why the candidate cannot be given more just now. */
export function limitOf(seen: Seen, kept: Kept, ready: Ready, namespace: string): Limit | undefined {
  const { plan } = kept.state;
  if (plan?.candidate === undefined) return undefined;
  const pods = limitByPods(ready, plan.stable, plan.candidate);
  const trouble = troubleOf(seen, kept, namespace);
  if (trouble === undefined) return pods;
  const has = seen.live === undefined ? 0 : shareIn(seen.live, plan.candidate);
  return { weight: Math.min(has, pods?.weight ?? has), because: trouble.because };
}

const troubleOf = (seen: Seen, kept: Kept, namespace: string): Trouble | undefined =>
  driftOf(seen, kept) ?? refusalOf(seen, namespace);

const AS_WRITTEN = "a route that divides as it was written: somebody has edited it";

/** The route divides otherwise than was written, and not beyond it: that is left as it is. */
function driftOf({ live, fence, rules }: Seen, { fence: own, intent }: Kept): Trouble | undefined {
  if (live === undefined) {
    return {
      about: `rules ${JSON.stringify(rules)}`,
      kind: "drift",
      text: "the route's rules are not as they were written; they are left alone, and nobody climbs",
      because: AS_WRITTEN,
    };
  }
  if (fence !== own || isAlike(live, intent.split)) return undefined;
  return {
    about: `split ${JSON.stringify(live)}`,
    kind: "drift",
    text: `the route divides ${describeSplit(live)}, and ${describeSplit(intent.split)} was written; it is left so, and nobody climbs until it is as it was`,
    because: AS_WRITTEN,
  };
}

/** The Gateway does not take the route: what is written there is not what clients meet. */
function refusalOf({ route, order: { gateway } }: Seen, namespace: string): Trouble | undefined {
  const acceptance = acceptanceOf(route.status?.parents ?? [], gateway, namespace);
  if (acceptance.kind !== "refused") return undefined;
  const text = `Gateway ${gateway.namespace}/${gateway.name} does not take the route: ${acceptance.why}`;
  return {
    about: text,
    kind: "gateway",
    text: `${text}; nobody climbs until it does`,
    because: `a Gateway that takes the route: ${acceptance.why}`,
  };
}

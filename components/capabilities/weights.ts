import { renderPercent } from "../release/units.ts";
import { mostOf, WHOLE } from "../traffic/ladder.ts";
import type { Capability, Shortfall } from "./capability.ts";

/** Which shares of the traffic a platform can give to a version. */
export type Weights =
  /** Any share in basis points. */
  | { readonly kind: "exact" }
  /** Multiples of `slot`, in basis points (1 to 10,000). */
  | { readonly kind: "slots"; readonly slot: number }
  /** A share is a number of copies: so many (1 or more) serve stable and candidate together. */
  | { readonly kind: "replicas"; readonly replicas: number };

/** Which shares of the traffic a version can be given. */
export const weights: Capability<Weights> = {
  means: "Which shares a version can be given: any, multiples of a slot, or as many parts as copies run.",
  refuses: "Other shares, as weight, as steps and as holdBack; the refusal names the nearest.",
  check(possible, { traffic }) {
    const refuse = (path: string, weight: number): readonly Shortfall[] => {
      const fault = faultOf(possible, weight);
      if (fault === undefined) return [];
      return [{ path, seen: share(weight), allowed: fault.allowed, cure: `the nearest is ${share(fault.nearest)}` }];
    };
    const most = mostOf(traffic);
    const isHeldBack = !traffic.shadow && traffic.weight > most;
    return [
      ...refuse("rollout.weight", traffic.weight),
      ...(isHeldBack ? refuse("rollout.holdBack", WHOLE - most) : []),
      ...traffic.rollout.steps.flatMap((step, index) =>
        step.kind === "weight" ? refuse(`rollout.steps[${index}]`, step.weight) : [],
      ),
    ];
  },
  describe(possible) {
    if (possible.kind === "exact") return "any, in steps of 0.01%";
    return possible.kind === "slots"
      ? `multiples of ${renderPercent(possible.slot)}`
      : `parts of ${possible.replicas} copies`;
  },
};

/** Why a share cannot be given; undefined when it can. No traffic at all always can. */
function faultOf(
  possible: Weights,
  weight: number,
): { readonly allowed: string; readonly nearest: number } | undefined {
  if (possible.kind === "exact") return undefined;
  if (possible.kind === "slots") {
    const { slot } = possible;
    if (weight % slot === 0) return undefined;
    const nearest = Math.min(WHOLE, Math.max(slot, Math.round(weight / slot) * slot));
    return { allowed: `multiples of ${share(slot)}`, nearest };
  }
  const { replicas } = possible;
  const shares = Array.from({ length: replicas }, (_, index) => Math.round(((index + 1) * WHOLE) / replicas));
  if (weight === 0 || shares.includes(weight)) return undefined;
  const nearest = shares.reduce((best, each) => (Math.abs(each - weight) <= Math.abs(best - weight) ? each : best));
  return { allowed: `a number of the ${replicas} copies`, nearest };
}

const share = (weight: number) => `"${renderPercent(weight)}"`;

import type { Guard } from "./guard.ts";
import { type GuardKind, HALF_A_POINT, proportionOf } from "./kind.ts";

/** The share of requests that a version refused by 4xx. */
export const refusalRate: GuardKind & { readonly metric: string } = {
  metric: "refusalRate",
  source: "requests",
  directions: ["increase"],
  margins: ["absolute", "relative"],
  aliases: "(?:http)?(?:4xx|refusals?|rejections?)(?:s|rate|ratio|share|count|pct|percent)?|badrequests?",
  judged: proportionOf,
  counts: (_guard, stable, candidate) => ({
    n0: stable.requests,
    x0: stable.refusals,
    n1: candidate.requests,
    x1: candidate.refusals,
  }),
  copies: { margin: HALF_A_POINT, harmed: ({ stableRefusals, refusals }) => ({ x0: stableRefusals, x1: refusals }) },
};

/** How many more of its requests a candidate may refuse than stable, as a share; half a point without a guard. */
export const refusalMargin = (guards: readonly Guard[]): number =>
  (guards.find(({ metric }) => metric === refusalRate.metric)?.margin ?? HALF_A_POINT).value;

import type { Guard } from "./guard.ts";
import { type GuardKind, HALF_A_POINT, harmInShares, proportionOf } from "./kind.ts";

/** The share of requests that a version refused by 4xx. */
export const refusalRate: GuardKind & { readonly metric: string } = {
  metric: "refusalRate",
  source: "requests",
  directions: ["increase"],
  margins: ["absolute", "relative"],
  aliases: "(?:http)?(?:4xx|refusals?|rejections?)(?:s|rate|ratio|share|count|pct|percent)?|badrequests?",
  judged: proportionOf,
  harm: harmInShares,
  counts: (_guard, stable, candidate) => ({
    n0: stable.requests,
    x0: stable.refusals,
    n1: candidate.requests,
    x1: candidate.refusals,
  }),
  copies: { margin: HALF_A_POINT, harmed: ({ stableRefusals, refusals }) => ({ x0: stableRefusals, x1: refusals }) },
};

/** Whether a candidate refuses more than the guard of refusals lets it, or half a point more than stable without one. Of shares. */
export function refusesMore(guards: readonly Guard[], stable: number, candidate: number): boolean {
  const { kind, value } = guards.find(({ metric }) => metric === refusalRate.metric)?.margin ?? HALF_A_POINT;
  return candidate > stable + (kind === "relative" ? value * stable : value);
}

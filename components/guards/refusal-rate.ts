import type { Guard } from "./guard.ts";
import { type GuardKind, HALF_A_POINT, shareOfRequests } from "./kind.ts";

/** The share of requests that a version refused by 4xx. */
export const refusalRate: GuardKind & { readonly metric: string } = {
  metric: "refusalRate",
  ...shareOfRequests(({ refusals }) => refusals),
  aliases: "(?:http)?(?:4xx|refusals?|rejections?)(?:s|rate|ratio|share|count|pct|percent)?|badrequests?",
  copies: { margin: HALF_A_POINT, harmed: ({ stableRefusals, refusals }) => ({ x0: stableRefusals, x1: refusals }) },
};

/** Whether a candidate refuses more than the guard of refusals lets it, or half a point more than stable without one. Of shares. */
export function refusesMore(guards: readonly Guard[], stable: number, candidate: number): boolean {
  const { kind, value } = guards.find(({ metric }) => metric === refusalRate.metric)?.margin ?? HALF_A_POINT;
  return candidate > stable + (kind === "relative" ? value * stable : value);
}

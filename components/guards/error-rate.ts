import { type GuardKind, HALF_A_POINT, shareOfRequests } from "./kind.ts";
import { refusalRate } from "./refusal-rate.ts";

/** The share of requests that a version failed: no answer, 5xx, late or unreadable. It brings the share of refusals along. */
export const errorRate: GuardKind & { readonly metric: string } = {
  metric: "errorRate",
  ...shareOfRequests(({ errors }) => errors),
  aliases:
    "(?:http)?(?:5xx|errors?|failures?)(?:s|rate|ratio|share|count|pct|percent)?|failurerate|successrate|availability",
  // Refusing what stable accepts is harm like failing on it. A ratio shows nothing while stable refuses nobody.
  brings: (guard) => [
    { ...guard, metric: refusalRate.metric, margin: guard.margin.kind === "absolute" ? guard.margin : HALF_A_POINT },
  ],
  copies: { margin: HALF_A_POINT, harmed: ({ stableErrors, errors }) => ({ x0: stableErrors, x1: errors }) },
};

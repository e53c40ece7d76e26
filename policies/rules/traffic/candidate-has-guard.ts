import { renderPercent } from "../../../components/release/units.ts";
import type { Rule } from "../../rule.ts";
import { abortedTraffic, exampleTraffic, unguardedTraffic } from "../../subjects/traffic.ts";

/** What a candidate does to those whom it answers is measured, and ends it. */
export const candidateHasGuard: Rule = {
  id: "candidate-has-guard",
  subject: "traffic",
  title: "A candidate that may get traffic has at least one guard",
  severity: "high",
  check({ model, candidate, weight, rollout }) {
    if (candidate === undefined || weight === 0 || rollout.guards.length > 0) return [];
    return [
      {
        path: "rollout.guards",
        seen: "no guard",
        cause: `candidate ${candidate} of ${model} may get ${renderPercent(weight)} of the traffic, and nothing would stop it if it does harm`,
        cure: 'add a guard, such as { metric: errorRate, margin: "0.5pp" }, or take the candidate back with mlc abort',
      },
    ];
  },
  examples: {
    good: [
      { name: "a candidate that climbs to 100% under an error guard", traffic: exampleTraffic },
      {
        name: "a candidate without a guard that gets copies and answers nobody",
        traffic: { ...unguardedTraffic, weight: 0, shadow: true },
      },
      { name: "a candidate without a guard at 0%", traffic: { ...unguardedTraffic, weight: 0 } },
      { name: "no candidate and no guard", traffic: abortedTraffic(unguardedTraffic) },
    ],
    bad: [
      { name: "a candidate without a guard that climbs to 100%", traffic: unguardedTraffic },
      {
        name: "a candidate without a guard that a person holds at 0.01%",
        traffic: { ...unguardedTraffic, weight: 1, rollout: { ...unguardedTraffic.rollout, advance: "manual" } },
      },
    ],
  },
};

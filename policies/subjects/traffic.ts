import { errorRate } from "../../components/guards/error-rate.ts";
import type { TrafficPlan } from "../../components/traffic/plan.ts";
import type { Subject } from "./subject.ts";

const ROLLOUT = "model-lifecycle:index:CanaryRollout";

/** A rollout that every rule of traffic accepts. A rule's examples change what they are about, and nothing else. */
export const exampleTraffic: TrafficPlan = {
  model: "sentiment",
  stable: "v1",
  candidate: "v2",
  weight: 10_000,
  shadow: false,
  rollout: {
    identity: "5f0c1d2e3b4a",
    attempt: "1",
    steps: [
      { kind: "shadow" },
      { kind: "weight", weight: 500 },
      { kind: "weight", weight: 2_500 },
      { kind: "weight", weight: 10_000 },
    ],
    advance: "automatic",
    guards: [
      {
        metric: errorRate.metric,
        source: errorRate.source,
        direction: errorRate.directions[0],
        margin: { kind: "absolute", value: 0.005 },
        designEffect: 1,
      },
    ],
    bakeMs: 300_000,
    maxDurationMs: 86_400_000,
    onInconclusive: "hold",
    alpha: 0.01,
    beta: 0.05,
  },
  versions: { v1: { content: "9c1e".repeat(16) }, v2: { content: "8d1e".repeat(16) } },
  notices: {},
};

/** The same plan without any guard. */
export const unguardedTraffic: TrafficPlan = { ...exampleTraffic, rollout: { ...exampleTraffic.rollout, guards: [] } };

/** What an abort leaves of a plan: no candidate, all traffic with stable. */
export function abortedTraffic({ candidate: _, ...traffic }: TrafficPlan): TrafficPlan {
  return { ...traffic, weight: 0, shadow: false, rollout: { ...traffic.rollout, identity: "" } };
}

/** Who gets traffic in a rollout: the output `traffic` of every `CanaryRollout`. */
export const traffic: Subject<TrafficPlan> = {
  title: "rollouts",
  // An output, because the traffic is no input of the component: a weight step would then change the component's row as
  // well as the route.
  find: (resources) =>
    resources
      .filter(({ type }) => type === ROLLOUT)
      .map(({ urn, outputs }) => ({
        urn,
        read() {
          const plan = outputs.traffic as TrafficPlan | undefined;
          return plan === undefined ? { untold } : { facts: plan };
        },
      })),
  example: exampleTraffic,
};

const untold = {
  path: "traffic",
  cause: "this CanaryRollout does not tell who gets traffic",
  cure: "let the program and the policy pack use the same version of pulumi-model-lifecycle",
};

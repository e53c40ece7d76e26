import type { TrafficPlan } from "../../components/traffic/plan.ts";
import { guards } from "./traffic.ts";

/** A rollout of v2 against v1 with the guards of the traffic. */
export const plan: TrafficPlan = {
  model: "sentiment",
  stable: "v1",
  candidate: "v2",
  weight: 10_000,
  shadow: false,
  rollout: {
    identity: "0123456789abcdef",
    attempt: "1",
    steps: [{ kind: "shadow" }, { kind: "weight", weight: 1000 }, { kind: "weight", weight: 10_000 }],
    advance: "automatic",
    guards,
    bakeMs: 60_000,
    warmUpMs: 30_000,
    maxDurationMs: 86_400_000,
    onInconclusive: "hold",
    alpha: 0.01,
    beta: 0.05,
  },
  versions: { v1: { content: "a" }, v2: { content: "b" } },
  notices: {},
};

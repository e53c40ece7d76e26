import { expect, test } from "vitest";
import { shortfalls } from "../../../components/capabilities/index.ts";
import type { Guard } from "../../../components/guards/index.ts";
import { planTraffic } from "../../../components/lifecycle/index.ts";
import { kubernetesCapabilities } from "../../../components/platforms/kubernetes/capabilities.ts";
import { pass, type World } from "../../../components/platforms/kubernetes/controller/index.ts";
import { asMeasured, marginsOf } from "../../../components/platforms/kubernetes/counts/buckets.ts";
import { gateways } from "../../../components/platforms/kubernetes/gateways/index.ts";
import type { GatewayKind } from "../../../components/platforms/kubernetes/route/gateway-kind.ts";
import { climbing } from "../../rollout/inputs.ts";
import { errorGuard, stablePlan } from "../../support/plans.ts";
import { DrivenEndpoint } from "./controller/endpoint.ts";
import { releaseOf } from "./release.ts";

test("a gateway tells the margins that its own buckets can show", () => {
  const told = Object.entries(gateways).map(([kind, gateway]) => [
    kind,
    marginsOf(gateway).map((margin) => `${margin * 100}%`),
  ]);
  expect(told).toEqual([
    ["envoy", ["100%", "150%", "300%", "400%"]],
    ["envoy-gateway", ["100%", "150%", "300%", "400%"]],
    ["istio", ["100%", "150%", "300%", "400%"]],
    ["haproxy", []],
    ["traefik", ["200%", "300%"]],
  ]);
});

/** What is refused of a guard of latency behind a gateway. */
function refused(kind: GatewayKind, margin: string) {
  const rollout = { stable: "v1", candidate: "v2", weight: "5%", guards: [{ metric: "latency", margin }] } as const;
  const release = releaseOf({}, { rollout: rollout as never });
  const capabilities = kubernetesCapabilities({ gateway: { kind }, prometheus: {} });
  return shortfalls({ release, traffic: planTraffic(release) }, capabilities);
}

test("a margin between two that buckets can show is refused with those that they can; one of them is taken", () => {
  expect(refused("envoy", "100%")).toEqual([]);
  expect(refused("traefik", "300%")).toEqual([]);
  expect(refused("envoy", "120%")).toEqual([
    {
      path: "rollout.guards[0].margin",
      seen: '"120%"',
      allowed: '"100%" or "150%" or "300%" or "400%" for latency, which is measured no finer',
      cure: 'write, for example: margin: "100%"',
    },
  ]);
  expect(refused("haproxy", "100%")).toMatchObject([{ path: "rollout.guards[0]", seen: '"latency"' }]);
});

const slow: Guard = {
  ...errorGuard,
  metric: "latency",
  margin: { kind: "relative", value: 1 },
};

test("a candidate that is more than twice as slow is taken out by what the buckets show", async () => {
  const latency = asMeasured(slow, gateways.envoy);
  expect(latency.ladder).toEqual([25, 50, 250, 500, 2_500, 5_000]);
  const plan = climbing();
  const endpoint = new DrivenEndpoint({ ...stablePlan(), versions: plan.versions });
  await pass(endpoint.world(), endpoint.target);
  endpoint.plan({ ...plan, rollout: { ...plan.rollout, guards: [errorGuard, latency] } });
  // Of stable a tenth takes longer than 25 ms, of the candidate a half longer than 50 ms.
  const counts: World["counts"] = async (_server, { step }, cursor) => {
    const at = cursor?.at ?? 0;
    const live = {
      ...{ at, seconds: 1, step },
      counts: {
        errorRate: { n0: 800, x0: 0, n1: 200, x1: 0 },
        latency: { n0: 800, x0: [80, 8, 0, 0, 0, 0], n1: 200, x1: [100, 4, 0, 0, 0, 0] },
      },
    };
    return { intervals: cursor === undefined ? [] : [{ live }], cursor: { at: at + 1, targets: {} }, notes: [] };
  };
  for (let i = 0; i < 60 && endpoint.annotation("ended") !== "rollout-1"; i++) {
    endpoint.passed();
    await pass({ ...endpoint.world(), counts }, endpoint.target);
  }
  expect([endpoint.weight, endpoint.annotation("ended")]).toEqual([0, "rollout-1"]);
  const told = endpoint.kept.state.events.findLast(({ kind }) => kind === "abort" || kind === "rollback")?.text;
  expect(told).toMatch(/answers took longer than \d+ ms/);
});

import { describe, expect, test } from "vitest";
import { httpRoutePath } from "../../../../components/platforms/kubernetes/cluster/index.ts";
import {
  type ConfigMap,
  entriesIn,
  type HttpRoute,
  type Passed,
  pass,
  runningIntervals,
  takeBack,
} from "../../../../components/platforms/kubernetes/controller/index.ts";
import type { KubernetesPlatformDocument } from "../../../../components/platforms/kubernetes/document/parts.ts";
import { kubernetesPlatform } from "../../../../components/platforms/kubernetes/document.ts";
import { boundsOf } from "../../../../components/platforms/kubernetes/objects/scaling.ts";
import { annotations } from "../../../../components/platforms/kubernetes/route/annotations.ts";
import type { TrafficPlan } from "../../../../components/traffic/plan.ts";
import { climbing } from "../../../rollout/inputs.ts";
import { stablePlan } from "../../../support/plans.ts";
import { releaseOf } from "../release.ts";
import { DrivenEndpoint } from "./endpoint.ts";

/** A stable version first, as every endpoint begins; then a candidate. */
async function climbingEndpoint(plan: TrafficPlan = climbing()): Promise<DrivenEndpoint> {
  const endpoint = new DrivenEndpoint({ ...stablePlan(), versions: plan.versions });
  await passes(endpoint, 1);
  endpoint.plan(plan);
  return endpoint;
}

async function passes(endpoint: DrivenEndpoint, times: number): Promise<Passed> {
  let last: Passed | undefined;
  for (let i = 0; i < times; i++) {
    endpoint.passed();
    last = await pass(endpoint.world(), endpoint.target);
  }
  if (last === undefined) throw new Error("nothing was passed");
  return last;
}

const phaseOf = (endpoint: DrivenEndpoint) => endpoint.kept.state.progress?.phase;

/** The pass stopped, and says why. */
const problemOf = (passed: Passed): string => (passed.kind === "done" ? "" : passed.problem);

test("the first pass keeps a state and writes for which one the route is", async () => {
  const endpoint = new DrivenEndpoint(stablePlan());
  expect(await passes(endpoint, 1)).toMatchObject({ kind: "done", live: { shares: { v1: 10_000 } } });
  expect(endpoint.kept.fence).toBe(1);
  expect(endpoint.annotation("fence")).toBe("1");
  expect(endpoint.annotation("ended")).toBe("");
  expect(endpoint.annotation("writtenBy")).toBe("controller test 2026-01-01T00:00:01.000Z");
});

test("what is drawn is held against the share that the route gives, and against none while it gives nothing", async () => {
  const endpoint = await climbingEndpoint();
  while (endpoint.weight < 500) await passes(endpoint, 1);
  await passes(endpoint, 1);
  expect(endpoint.asked?.weight).toBe(endpoint.weight);
  endpoint.divide({ shares: { v1: 10_000 } });
  await passes(endpoint, 1);
  expect(endpoint.asked?.weight).toBeUndefined();
});

describe("a candidate that was stopped", () => {
  async function stopped(): Promise<DrivenEndpoint> {
    const endpoint = await climbingEndpoint();
    endpoint.failing = 0.5;
    while (endpoint.kept.state.progress?.ended === undefined) await passes(endpoint, 1);
    return endpoint;
  }
  const told = ({ kept }: DrivenEndpoint, kind: string) =>
    kept.state.events.filter((event) => event.kind === kind).map(({ text }) => text);

  test("gets nothing any more once its counter stands still; that is told once, and nothing is counted behind it", async () => {
    const endpoint = await stopped();
    expect(told(endpoint, "effective")).toEqual([]);
    await passes(endpoint, 1);
    expect(told(endpoint, "effective")).toEqual(["v2 gets nothing any more: its counter stood still for 1 s"]);
    endpoint.asked = undefined;
    await passes(endpoint, 3);
    expect(endpoint.asked).toBeUndefined();
    expect(told(endpoint, "effective")).toHaveLength(1);
  });

  test("and still gets requests is told after a minute, and looked at until it gets none", async () => {
    const endpoint = await stopped();
    endpoint.leaking = 7;
    await passes(endpoint, 59);
    expect([...told(endpoint, "effective"), ...told(endpoint, "gateway")]).toEqual([]);
    await passes(endpoint, 3);
    expect(told(endpoint, "gateway")).toEqual([
      "v2 still got 7 requests in 1 s, although the route gives it nothing: look for another route to its Service, or a gateway that has not taken this one",
    ]);
    endpoint.leaking = 0;
    await passes(endpoint, 1);
    expect(told(endpoint, "effective")).toHaveLength(1);
  });
});

test("a good candidate climbs to the whole of its target, step by step", async () => {
  const endpoint = await climbingEndpoint();
  const weights: number[] = [];
  for (let i = 0; i < 40; i++) {
    await passes(endpoint, 1);
    if (weights.at(-1) !== endpoint.weight) weights.push(endpoint.weight);
  }
  expect(weights).toEqual([500, 2_500, 5_000, 10_000]);
  expect(phaseOf(endpoint)).toBe("complete");
});

test("a bad candidate gets nothing any more, and both records say so", async () => {
  const endpoint = await climbingEndpoint();
  endpoint.failing = 0.3;
  await passes(endpoint, 20);
  expect(endpoint.weight).toBe(0);
  expect(endpoint.annotation("ended")).toBe("rollout-1");
  expect(endpoint.kept.state.ended["rollout-1"]?.cause).toBe("guard:errorRate");
  expect(endpoint.cluster.events.filter(({ action }) => action === "abort")).toMatchObject([{ type: "Warning" }]);
});

test("how it ended is in the history with every interval that it was judged on", async () => {
  const endpoint = await climbingEndpoint();
  endpoint.failing = 0.3;
  await passes(endpoint, 20);
  const [entry, ...others] = entriesIn(endpoint.history);
  expect(others).toEqual([]);
  expect(entry).toMatchObject({ how: "stopped", identity: "rollout-1", candidate: "v2" });
  expect(entry?.intervals).toHaveLength(endpoint.kept.state.progress?.intervals ?? 0);
  expect(endpoint.kept.endings).toEqual([]);
});

test("intervals of a rollout that runs move to the history, and none is lost on the way", async () => {
  const endpoint = await climbingEndpoint(climbing(500));
  await passes(endpoint, 76);
  const { evidence, state } = endpoint.kept;
  expect(evidence.moved).toBe(60);
  expect(runningIntervals(endpoint.history, endpoint.kept)).toHaveLength(state.progress?.intervals ?? 0);
});

test("a weight that somebody raised is lowered at the next pass, also after an end", async () => {
  const endpoint = await climbingEndpoint(climbing(500));
  await passes(endpoint, 3);
  endpoint.divide({ shares: { v1: 1_000, v2: 9_000 } });
  await passes(endpoint, 1);
  expect(endpoint.weight).toBe(500);
  await takeBack(endpoint.world("jo"), endpoint.target, { kind: "abort", reason: "by hand" });
  endpoint.divide({ shares: { v1: 5_000, v2: 5_000 } });
  await passes(endpoint, 1);
  expect(endpoint.weight).toBe(0);
});

test("a weight that somebody lowered is left and told once, and nobody climbs until it is back", async () => {
  const endpoint = await climbingEndpoint();
  await passes(endpoint, 2);
  endpoint.divide({ shares: { v1: 9_900, v2: 100 } });
  await passes(endpoint, 30);
  expect(endpoint.weight).toBe(100);
  expect(endpoint.cluster.events.filter(({ action }) => action === "drift").map(({ note }) => note)).toEqual([
    "the route divides v1 99 %, v2 1 %, and v1 95 %, v2 5 % was written; it is left so, and nobody climbs until it is as it was",
  ]);
  endpoint.divide({ shares: { v1: 9_500, v2: 500 } });
  await passes(endpoint, 30);
  expect(phaseOf(endpoint)).toBe("complete");
});

test("a version that served before may be given back by hand: that is not fought", async () => {
  const versions = { ...climbing().versions, v0: { content: "0".repeat(64) } };
  const endpoint = new DrivenEndpoint({ ...stablePlan(), stable: "v0", versions });
  await passes(endpoint, 1);
  endpoint.plan({ ...stablePlan(), previous: "v0", override: "first of its kind", versions });
  await passes(endpoint, 1);
  endpoint.divide({ shares: { v0: 10_000 } });
  await passes(endpoint, 3);
  expect(endpoint.live).toEqual({ shares: { v0: 10_000 } });
});

test("rules that are not ours are left alone and told; those of an ended candidate stay ended", async () => {
  const endpoint = await climbingEndpoint(climbing(500));
  await passes(endpoint, 3);
  const foreign = [{ backendRefs: [{ name: "somebody-else", port: 80 }] }];
  endpoint.cluster.edit<HttpRoute>(endpoint.routePath, (route) => ({ ...route, spec: { rules: foreign } }));
  await passes(endpoint, 3);
  expect(endpoint.route.spec?.rules).toEqual(foreign);
  expect(endpoint.cluster.events.filter(({ action }) => action === "drift")).toHaveLength(1);
});

test("a candidate without a ready pod gets nothing; its share comes with the pod", async () => {
  const endpoint = await climbingEndpoint(climbing(500));
  endpoint.setReady("v2", 0);
  await passes(endpoint, 2);
  expect(endpoint.weight).toBe(0);
  endpoint.setReady("v2", 1);
  await passes(endpoint, 1);
  expect(endpoint.weight).toBe(500);
  endpoint.setReady("v2", 0);
  await passes(endpoint, 1);
  expect(endpoint.weight).toBe(0);
});

test("nobody climbs to a share that the candidate's ready pods cannot carry", async () => {
  const endpoint = await climbingEndpoint();
  endpoint.setReady("v1", 4);
  endpoint.setReady("v2", 1);
  await passes(endpoint, 40);
  expect(endpoint.weight).toBe(2_500);
  expect(endpoint.kept.state.progress?.limit).toEqual({
    weight: 2_500,
    because: "more ready pods of v2: 1 is ready, and v1 has carried everything with 4",
  });
  endpoint.setReady("v2", 4);
  await passes(endpoint, 40);
  expect(phaseOf(endpoint)).toBe("complete");
});

/** Pods of a candidate at its start, where nothing has asked for more: what its scaler keeps at least. */
function leastOnTrial(replicas: KubernetesPlatformDocument["replicas"]): number {
  const { platform } = releaseOf({ ...(replicas !== undefined && { replicas }) });
  if (!kubernetesPlatform.is(platform)) throw new Error("a release on a cluster");
  return boundsOf(platform.replicas, true)?.least ?? platform.replicas.least;
}

test("stable that has scaled to its most does not hold a candidate that nothing scales", async () => {
  const endpoint = await climbingEndpoint();
  endpoint.setReady("v1", 8);
  endpoint.setReady("v2", leastOnTrial({ least: "2", most: "8" }));
  await passes(endpoint, 40);
  expect(phaseOf(endpoint)).toBe("complete");
});

test("a candidate that is given fewer pods climbs to the share that they can carry, and says what it waits for", async () => {
  const endpoint = await climbingEndpoint();
  endpoint.setReady("v1", 8);
  endpoint.setReady("v2", leastOnTrial({ least: "2", most: "8", candidate: "4" }));
  await passes(endpoint, 60);
  expect(endpoint.weight).toBe(5_000);
  expect(endpoint.kept.state.progress?.limit?.because).toBe(
    "more ready pods of v2: 4 are ready, and v1 has carried everything with 8",
  );
});

test("nobody climbs while the Gateway does not take the route", async () => {
  const endpoint = await climbingEndpoint();
  const says = (status: "True" | "False") =>
    endpoint.cluster.edit<HttpRoute>(endpoint.routePath, (route) => ({
      ...route,
      status: {
        parents: [
          {
            parentRef: { name: "public", namespace: "infra" },
            conditions: [{ type: "Accepted", status, reason: "NoMatchingListenerHostname" }],
          },
        ],
      },
    }));
  says("False");
  await passes(endpoint, 30);
  expect(endpoint.weight).toBe(500);
  expect(endpoint.kept.state.progress?.limit).toEqual({
    weight: 500,
    because: "a Gateway that takes the route: Accepted: False, NoMatchingListenerHostname",
  });
  says("True");
  await passes(endpoint, 40);
  expect(phaseOf(endpoint)).toBe("complete");
});

test("a plan that is not taken and an edited route are told once each, also when both last", async () => {
  const endpoint = await climbingEndpoint();
  const told = (kind: string) => endpoint.cluster.events.filter(({ action }) => action === kind).length;
  await passes(endpoint, 3);
  const plans = told("plan");
  endpoint.divide({ shares: { v1: 9_900, v2: 100 } });
  endpoint.plan({ ...stablePlan(), stable: "v2", versions: climbing().versions });
  await passes(endpoint, 5);
  expect([told("drift"), told("plan") - plans]).toEqual([1, 1]);
});

test("without counts nothing moves", async () => {
  const endpoint = await climbingEndpoint();
  endpoint.silent = true;
  await passes(endpoint, 30);
  expect(endpoint.weight).toBe(500);
  expect(phaseOf(endpoint)).toBe("progressing");
});

test("a state that is lost, unreadable, or older than the route stops everything", async () => {
  const endpoint = await climbingEndpoint();
  await passes(endpoint, 3);
  const old = endpoint.cluster.read<ConfigMap>(endpoint.statePath);
  await passes(endpoint, 10);
  const { weight } = endpoint;
  const put = (data: ConfigMap["data"]) => endpoint.cluster.put(endpoint.statePath, { ...old, data });
  put({});
  expect(problemOf(await passes(endpoint, 1))).toContain("It was lost: restore it");
  put({ "state.json": "{" });
  expect(problemOf(await passes(endpoint, 1))).toContain("Nothing is changed until it can be read");
  put({ "state.json": JSON.stringify({ ...JSON.parse(old.data?.["state.json"] ?? ""), format: 2 }) });
  expect(problemOf(await passes(endpoint, 1))).toContain("a newer version of this library");
  put(old.data);
  expect(problemOf(await passes(endpoint, 1))).toContain("This one is old");
  endpoint.cluster.remove(endpoint.statePath);
  expect(problemOf(await passes(endpoint, 1))).toContain("is not there");
  expect(endpoint.weight).toBe(weight);
});

test("an end that stands on the route alone is taken over; one that fits no state stops everything", async () => {
  const endpoint = await climbingEndpoint();
  await passes(endpoint, 3);
  const mark = (identity: string) =>
    endpoint.cluster.edit<HttpRoute>(endpoint.routePath, ({ metadata, ...route }) => ({
      ...route,
      metadata: { ...metadata, annotations: { ...metadata.annotations, [annotations.ended]: identity } },
    }));
  mark("another");
  expect(problemOf(await passes(endpoint, 1))).toContain("allowed is a rollout that the state knows");
  mark("rollout-1");
  await passes(endpoint, 1);
  expect(endpoint.weight).toBe(0);
  expect(endpoint.kept.state.ended["rollout-1"]?.by).toBe("route");
  await passes(endpoint, 20);
  expect(endpoint.weight).toBe(0);
});

test("a route that was deleted is not made again", async () => {
  const endpoint = await climbingEndpoint();
  await passes(endpoint, 2);
  endpoint.cluster.remove(endpoint.routePath);
  expect(problemOf(await passes(endpoint, 1))).toBe(
    "HTTPRoute models/sentiment is not there: deploy the endpoint; nothing is made in its place",
  );
});

test("an order that cannot be read changes nothing and says what is wrong with it", async () => {
  const endpoint = await climbingEndpoint();
  await passes(endpoint, 2);
  endpoint.cluster.edit<HttpRoute>(endpoint.routePath, ({ metadata, ...route }) => ({
    ...route,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [annotations.order]: '{"format":9}' } },
  }));
  expect(problemOf(await passes(endpoint, 1))).toContain("order.format");
  expect(endpoint.weight).toBe(500);
});

test("an ended candidate does not come back with the plan that asks for it again; people are told once", async () => {
  const endpoint = await climbingEndpoint();
  endpoint.failing = 1;
  await passes(endpoint, 10);
  endpoint.plan({ ...stablePlan(), versions: climbing().versions });
  await passes(endpoint, 1);
  endpoint.plan(climbing());
  endpoint.failing = 0;
  await passes(endpoint, 10);
  expect(endpoint.weight).toBe(0);
  expect(
    endpoint.cluster.events.filter(({ action, note }) => action === "plan" && note.includes("open again")),
  ).toHaveLength(1);
});

test("a person's abort is on the route before the state knows it, and both agree after it", async () => {
  const endpoint = await climbingEndpoint();
  await passes(endpoint, 3);
  const order: string[] = [];
  endpoint.cluster.after = async (verb, path) => {
    if (verb !== "get") order.push(path === httpRoutePath("models", "sentiment") ? "route" : "other");
  };
  const taken = await takeBack(endpoint.world("jo@laptop"), endpoint.target, {
    kind: "abort",
    reason: "slow",
    by: "jo",
  });
  expect(taken.kind).toBe("done");
  expect(order[0]).toBe("route");
  expect(endpoint.weight).toBe(0);
  expect(endpoint.kept.state.ended["rollout-1"]).toMatchObject({ cause: "person", by: "jo", reason: "slow" });
  expect(endpoint.annotation("fence")).toBe(String(endpoint.kept.fence));
});

test("what the program asked for since the last pass is what a person takes back", async () => {
  const endpoint = new DrivenEndpoint({ ...stablePlan(), versions: climbing().versions });
  await passes(endpoint, 1);
  endpoint.plan(climbing());
  await takeBack(endpoint.world("jo"), endpoint.target, { kind: "rollBack", reason: "too soon", by: "jo" });
  expect(endpoint.kept.state.ended["rollout-1"]).toMatchObject({ cause: "person", by: "jo" });
  await passes(endpoint, 5);
  expect(endpoint.weight).toBe(0);
});

test("a person may come before the first pass", async () => {
  const endpoint = new DrivenEndpoint(climbing());
  const taken = await takeBack(endpoint.world("jo"), endpoint.target, { kind: "abort", reason: "too soon", by: "jo" });
  expect(taken.kind).toBe("done");
  expect(endpoint.kept.state.ended["rollout-1"]?.by).toBe("jo");
  expect(endpoint.weight).toBe(0);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Refused } from "../../../../components/platforms/kubernetes/cluster/index.ts";
import { pass, type World } from "../../../../components/platforms/kubernetes/controller/index.ts";
import { readCounts } from "../../../../components/platforms/kubernetes/counts/index.ts";
import { climbing } from "../../../rollout/inputs.ts";
import { stablePlan } from "../../../support/plans.ts";
import { DrivenEndpoint } from "./endpoint.ts";

const refusal = (kind: Refused["kind"], status: number): Refused => ({
  kind,
  status,
  reason: "",
  message: `${status}`,
});

async function began(failing: number): Promise<DrivenEndpoint> {
  const endpoint = new DrivenEndpoint({ ...stablePlan(), versions: climbing().versions });
  await pass(endpoint.world(), endpoint.target);
  endpoint.plan(climbing());
  endpoint.failing = failing;
  return endpoint;
}

test.each([
  ["conflict", 409],
  ["tooMany", 429],
  ["away", 500],
  ["away", 0],
] as const)("answers of %s (%i) now and then delay a bad candidate's end, and nothing else", async (kind, status) => {
  const times = fc.sample(fc.boolean(), { numRuns: 300, seed: status });
  const endpoint = await began(0.3);
  let call = 0;
  endpoint.cluster.before = async () => (times[call++ % times.length] === true ? refusal(kind, status) : undefined);
  for (let i = 0; i < 200 && endpoint.annotation("ended") !== "rollout-1"; i++) {
    endpoint.passed();
    await pass(endpoint.world(), endpoint.target);
  }
  expect(endpoint.weight).toBe(0);
  expect(endpoint.annotation("ended")).toBe("rollout-1");
});

test("while the API server is away nothing changes, and the next pass goes on", async () => {
  const endpoint = await began(0.01);
  endpoint.passed();
  await pass(endpoint.world(), endpoint.target);
  const { weight } = endpoint;
  endpoint.cluster.before = async () => refusal("away", 0);
  for (let i = 0; i < 10; i++) {
    endpoint.passed();
    expect(await pass(endpoint.world(), endpoint.target)).toEqual({ kind: "away", problem: "0" });
  }
  expect(endpoint.weight).toBe(weight);
  endpoint.cluster.before = async () => undefined;
  for (let i = 0; i < 40; i++) {
    endpoint.passed();
    await pass(endpoint.world(), endpoint.target);
  }
  expect(endpoint.kept.state.progress?.phase).toBe("complete");
});

test("a candidate loses its traffic although the state cannot be kept, and the state learns of it when it can", async () => {
  const endpoint = await began(0.5);
  for (let i = 0; i < 2; i++) {
    endpoint.passed();
    await pass(endpoint.world(), endpoint.target);
  }
  expect(endpoint.weight).toBe(500);
  endpoint.cluster.before = async (verb) => (verb === "replace" ? refusal("away", 503) : undefined);
  for (let i = 0; i < 5 && endpoint.weight > 0; i++) {
    endpoint.passed();
    await pass(endpoint.world(), endpoint.target);
  }
  expect(endpoint.weight).toBe(0);
  expect(endpoint.annotation("ended")).toBe("rollout-1");
  expect(endpoint.kept.state.ended).toEqual({});
  endpoint.cluster.before = async () => undefined;
  endpoint.failing = 0;
  for (let i = 0; i < 10; i++) {
    endpoint.passed();
    await pass(endpoint.world(), endpoint.target);
  }
  expect(endpoint.weight).toBe(0);
  expect(Object.keys(endpoint.kept.state.ended)).toEqual(["rollout-1"]);
});

test("a share is never raised while the state cannot be kept", async () => {
  const endpoint = await began(0.01);
  endpoint.passed();
  await pass(endpoint.world(), endpoint.target);
  endpoint.cluster.before = async (verb) => (verb === "replace" ? refusal("away", 503) : undefined);
  for (let i = 0; i < 30; i++) {
    endpoint.passed();
    await pass(endpoint.world(), endpoint.target);
  }
  expect(endpoint.weight).toBe(500);
});

test("a clock that jumps moves nothing: lengths come with the counts", async () => {
  const endpoint = await began(0.01);
  const jumps = [0, 86_400_000, -86_400_000, 3_600_000];
  const weights: number[] = [];
  for (let i = 0; i < 40; i++) {
    endpoint.passed();
    const world = endpoint.world();
    await pass({ ...world, now: () => world.now() + (jumps[i % jumps.length] ?? 0) }, endpoint.target);
    if (weights.at(-1) !== endpoint.weight) weights.push(endpoint.weight);
  }
  const calm = await began(0.01);
  const usual: number[] = [];
  for (let i = 0; i < 40; i++) {
    calm.passed();
    await pass(calm.world(), calm.target);
    if (usual.at(-1) !== calm.weight) usual.push(calm.weight);
  }
  expect(weights).toEqual(usual);
});

test("while Prometheus is away the share stays as it is and the pass says whom it asked; then the candidate climbs", async () => {
  const endpoint = await began(0.01);
  endpoint.passed();
  await pass(endpoint.world(), endpoint.target);
  const { weight } = endpoint;
  const away: World["counts"] = (_server, ...asked) => readCounts({ url: "http://127.0.0.1:1" }, ...asked);
  for (let i = 0; i < 5; i++) {
    endpoint.passed();
    const passed = await pass({ ...endpoint.world(), counts: away }, endpoint.target);
    expect(passed).toMatchObject({ kind: "done", problem: expect.stringContaining("http://127.0.0.1:1") });
  }
  expect([weight, endpoint.weight]).toEqual([500, 500]);
  for (let i = 0; i < 40; i++) {
    endpoint.passed();
    await pass(endpoint.world(), endpoint.target);
  }
  expect(endpoint.kept.state.progress?.phase).toBe("complete");
});

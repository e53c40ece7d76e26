import { afterEach, expect, test } from "vitest";
import { judge } from "../../../../components/analysis/index.ts";
import type { Guard } from "../../../../components/guards/index.ts";
import type { RolloutEvidence } from "../../../../components/rollout/index.ts";
import { canaryPlan } from "../../../support/plans.ts";
import { Bench } from "./harness.ts";

let bench: Bench;
afterEach(() => bench.stop());

const revenue: Guard = {
  metric: "revenue",
  source: "feedback",
  direction: "decrease",
  margin: { kind: "absolute", value: 40 },
  designEffect: 1,
  range: { least: 100, most: 500 },
};
const evidence = async (): Promise<RolloutEvidence> => (await bench.admin("/admin/evidence")).json as RolloutEvidence;

/** Asks for a prediction and tells what it brought in. */
async function tell(worth: (version: string) => number) {
  const { headers } = await bench.predict();
  const version = String(headers["x-model-version"]);
  const predictionId = headers["x-prediction-id"];
  const answer = await bench.feedBack(JSON.stringify({ predictionId, metric: "revenue", value: worth(version) }));
  return { version, answer };
}

/** Values and their places in the range that were counted of both versions. */
async function counted(): Promise<{ n0: number; x0: number; n1: number; x1: number }> {
  const total = { n0: 0, x0: 0, n1: 0, x1: 0 };
  for (const { counts } of (await evidence()).intervals) {
    const { n0 = 0, x0 = 0, n1 = 0, x1 = 0 } = counts.revenue ?? {};
    total.n0 += n0;
    total.x0 += Number(x0);
    total.n1 += n1;
    total.x1 += Number(x1);
  }
  return total;
}

test("a candidate that brings in less is stopped; what is out of range is refused and counts for nobody; kill -9 loses no evidence", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan({ weight: 5_000 }, { guards: [revenue] }));

  for (const value of [99.99, 500.01, -1, 1e9]) {
    const { answer } = await tell(() => value);
    expect(answer).toMatchObject({
      status: 422,
      json: {
        accepted: 0,
        outOfRange: 1,
        rejected: [{ index: 0, reason: expect.stringContaining("a number from 100 to 500") }],
      },
    });
  }
  // Refused is not used up: the same prediction, corrected.
  const { headers } = await bench.predict();
  const item = (value: number) => ({ predictionId: headers["x-prediction-id"], metric: "revenue", value });
  expect(await bench.feedBack(JSON.stringify([item(50_000), item(300)]))).toMatchObject({
    status: 202,
    json: { accepted: 1, outOfRange: 1 },
  });

  // 100 and 500 in turn, whoever answered: no difference.
  const sent = { v1: Number(headers["x-model-version"] === "v1"), v2: Number(headers["x-model-version"] === "v2") };
  for (let i = 0; i < 500; i++) {
    const { version, answer } = await tell(() => (i % 2 === 0 ? 100 : 500));
    expect(answer.status).toBe(202);
    sent[version === "v2" ? "v2" : "v1"]++;
  }
  await expect.poll(counted).toMatchObject({ n0: sent.v1, n1: sent.v2 });
  // 250 values at the most of the range count as 1, one in its middle as a half.
  const { x0, x1 } = await counted();
  expect(x0 + x1).toBe(250.5);

  bench.gateway.child.kill("SIGKILL");
  const before = await evidence().catch(() => undefined);
  await bench.gateway.exited;
  expect(before).toBeUndefined();
  await bench.startGateway();
  expect(await counted()).toMatchObject({ n0: sent.v1, n1: sent.v2, x0, x1 });
  expect((await bench.status()).rollout.figures).toMatchObject({ revenue: { margin: "40" } });

  let done = false;
  const lane = async (): Promise<void> => {
    while (!done) await tell((version) => (version === "v2" ? 150 : 300));
  };
  const lanes = Promise.all(Array.from({ length: 8 }, lane));
  const { rollout } = await bench.until((status) => status.rollout.phase === "aborted");
  done = true;
  await lanes;
  expect(rollout.ended?.cause).toBe("guard:revenue");
  expect(rollout.ended?.reason).toMatch(
    /^revenue is worse than its margin allows \(candidate a mean of \d+(\.\d+)? over \d+ values, stable \d+(\.\d+)? over \d+\); p = /,
  );

  const { intervals, settings, verdict } = await evidence();
  if (settings === undefined) throw new Error("the evidence has no settings");
  expect(settings.guards).toMatchObject([{ kind: "proportion", margin: { kind: "absolute", value: 0.1 } }]);
  expect(judge(intervals, settings)).toEqual(verdict);
  expect(judge(intervals.slice(0, -1), settings).verdict).not.toBe("rollback");
});

test.each<[string, object, string]>([
  ["falls", { least: 500, most: 100 }, "plan.rollout.guards[0].range"],
  ["has one end", { least: 0 }, "plan.rollout.guards[0].range"],
  ["is text", { least: "0", most: "500" }, "plan.rollout.guards[0].range"],
])("a plan whose range %s is refused", async (_what, range, where) => {
  bench = await Bench.start();
  const answer = await bench.put(canaryPlan({}, { guards: [{ ...revenue, range } as unknown as Guard] }));
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(where)]);
});

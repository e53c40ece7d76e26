import { afterEach, expect, test } from "vitest";
import type { Verdict } from "../../../../components/analysis/index.ts";
import { documentOf, hashOf } from "../../../../components/evidence/index.ts";
import {
  evidenceOf,
  type HistoryEntry,
  type HistorySummary,
  type RolloutEvidence,
} from "../../../../components/rollout/index.ts";
import { canaryPlan, stablePlan } from "../../../support/plans.ts";
import { fail } from "./fake-server.ts";
import { Bench } from "./harness.ts";

let bench: Bench;
afterEach(() => bench.stop());

const draw = () => bench.admin("/admin/evidence.svg");
const judgedIntervals = async () =>
  ((await bench.status()).rollout.verdict as Verdict | undefined)?.evidence.intervals ?? 0;

test("the evidence of the rollout that runs is drawn while requests are answered, and that of the last one after it", async () => {
  bench = await Bench.start();
  expect(await draw()).toMatchObject({ status: 404, json: { error: "nothing was judged here yet" } });
  bench.server("v2").answer = (_seen, response) => fail(response);
  await bench.accepted(canaryPlan({ weight: 5_000 }));
  await bench.load((sent) => sent >= 20);
  await expect.poll(judgedIntervals, { timeout: 20_000 }).toBeGreaterThan(0);
  const [first, second] = await Promise.all([draw(), draw()]);
  expect(first).toMatchObject({ status: 200, headers: { "content-type": "image/svg+xml" } });
  expect(first.text).toMatch(/^<svg .+<\/svg>\n$/s);
  expect(second.text).toBe(first.text);

  let done = false;
  const load = bench.load(() => done);
  await bench.until(({ rollout }) => rollout.phase === "aborted");
  done = true;
  await load;
  await bench.accepted(stablePlan());
  const evidence = (await bench.admin("/admin/evidence")).json as RolloutEvidence;
  const [ended] = (await bench.admin("/admin/history")).json as readonly HistorySummary[];
  const entry = (await bench.admin(`/admin/history/${ended?.id}`)).json as HistoryEntry;
  const drawn = await draw();
  expect(drawn.text).toContain("Rollback: v2 does harm");
  expect(drawn.text).toContain("stopped: guard:errorRate");
  const { intervals: _i, settings: _s, method: _m, verdict: _v, question: _q, ...facts } = entry;
  expect(evidence.intervals).toEqual(evidenceOf(entry).intervals);
  expect(drawn.text).toContain(hashOf(documentOf(evidence, facts)));
});

test("who has not the admin token sees no evidence", async () => {
  bench = await Bench.start();
  expect((await bench.admin("/admin/evidence.svg", { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
});

import { afterEach, expect, test } from "vitest";
import { readHistory, readHistoryEntry } from "../../../../components/platforms/local/gateway/history.ts";
import { openStateFolder } from "../../../../components/platforms/local/state-folder/folder.ts";
import type { HistoryEntry, HistorySummary, RolloutEvidence } from "../../../../components/rollout/index.ts";
import { canaryPlan, stablePlan } from "../../../support/plans.ts";
import { fail } from "./fake-server.ts";
import { Bench } from "./harness.ts";

let bench: Bench;
afterEach(() => bench.stop());

const listed = async () => (await bench.admin("/admin/history")).json as readonly HistorySummary[];
const act = (way: "abort" | "rollback", asked: object) =>
  bench.admin(`/admin/${way}`, {
    method: "POST",
    body: JSON.stringify(asked),
    headers: { authorization: `Bearer ${bench.token}` },
  });

test("what a guard stopped is recorded with its evidence, over a restart, other plans and the end of the endpoint", async () => {
  bench = await Bench.start();
  bench.server("v2").answer = (_seen, response) => fail(response);
  await bench.accepted(canaryPlan({ weight: 5_000 }));
  let done = false;
  const load = bench.load(() => done);
  await bench.until(({ rollout }) => rollout.phase === "aborted");
  done = true;
  await load;
  const before = (await bench.admin("/admin/evidence")).json as RolloutEvidence;
  await act("abort", { reason: "confirmed", by: "ann@host" });
  await bench.accepted(stablePlan());
  const after = (await bench.admin("/admin/evidence")).json as RolloutEvidence;
  expect(after).toEqual(before);
  expect(after).toMatchObject({ identity: "rollout-1", verdict: { verdict: "rollback" } });
  bench.gateway.child.kill("SIGKILL");
  await bench.gateway.exited;
  await bench.startGateway();
  const [summary] = await listed();
  expect(await listed()).toEqual([
    {
      id: expect.any(String),
      how: "stopped",
      model: "sentiment",
      identity: "rollout-1",
      attempt: "1",
      stable: "v1",
      candidate: "v2",
      serving: "v1",
      contents: { v1: "1".repeat(64), v2: "2".repeat(64) },
      from: expect.any(String),
      to: expect.any(String),
      cause: "guard:errorRate",
      reason: expect.stringContaining("errorRate is worse"),
      by: "guard:errorRate",
    },
  ]);
  const entry = (await bench.admin(`/admin/history/${summary?.id}`)).json as HistoryEntry;
  expect(entry.intervals.map(({ live }) => live)).toEqual(before.intervals);
  expect(entry.verdict).toEqual(before.verdict);
  await bench.admin("/admin/route", { method: "DELETE" });
  const folder = openStateFolder(bench.root);
  expect(readHistory(folder, "e")).toEqual([summary]);
  expect(readHistoryEntry(folder, "e", summary?.id ?? "")).toEqual(entry);
});

test("every way in which a rollout or a stable version ends is recorded, with who and why", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan());
  await act("abort", { reason: "by hand", by: "ann@host" });
  await bench.accepted(canaryPlan({}, { identity: "rollout-2", attempt: "2" }));
  await bench.accepted(stablePlan());
  await bench.accepted(stablePlan({ stable: "v2", previous: "v1", override: "urgent" }));
  await act("rollback", { reason: "too bold", by: "bob@host" });
  await bench.accepted(stablePlan());
  await bench.accepted(canaryPlan({}, { identity: "rollout-3", attempt: "3" }));
  await bench.admin("/admin/route", { method: "DELETE" });
  expect(
    (await listed()).map(({ how, identity, serving, by, reason }) => [how, identity, serving, by, reason]),
  ).toEqual([
    ["aborted", "rollout-1", "v1", "ann@host", "by hand"],
    ["replaced", "rollout-2", "v1", undefined, "v1 serves"],
    ["overridden", "", "v2", undefined, "urgent"],
    ["rolledBack", "", "v1", "bob@host", "too bold"],
    ["removed", "rollout-3", "v1", undefined, "the endpoint was taken down"],
  ]);
});

test("a record is asked for by its own name alone", async () => {
  bench = await Bench.start();
  for (const id of ["nothing", "..%2f..%2froute", "../route", ""]) {
    expect((await bench.admin(`/admin/history/${id}`)).status).toBe(404);
  }
  expect((await bench.admin("/admin/history", { headers: {} })).status).toBe(401);
});

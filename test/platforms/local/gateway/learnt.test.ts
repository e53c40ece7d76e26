import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Verdict } from "../../../../components/analysis/index.ts";
import { documentOf, parseEvidence, renderDocument, verifyEvidence } from "../../../../components/evidence/index.ts";
import { History } from "../../../../components/platforms/local/gateway/history.ts";
import type { EndingRecord, PairedHistory, RolloutEvidence } from "../../../../components/rollout/index.ts";
import { canaryPlan, stablePlan } from "../../../support/plans.ts";
import { Bench } from "./harness.ts";

let bench: Bench;
afterEach(() => bench.stop());

/** Minutes in which the candidate fails 0 or 2 % and stable 2 or 0 %, turn by turn. */
const opposed: PairedHistory = {
  unit: "request",
  span: 60,
  windows: Array.from({ length: 20 }, (_, minute) => ({
    step: 0,
    seconds: 60,
    counts: {
      errorRate: { n0: 1_000, x0: minute % 2 === 0 ? 0 : 20, n1: 1_000, x1: minute % 2 === 0 ? 20 : 0 },
    },
  })),
};

const ending = (day: number, changes: Partial<EndingRecord>): EndingRecord => ({
  how: "promoted",
  model: "sentiment",
  identity: `rollout-${day}`,
  attempt: "1",
  stable: "v0",
  candidate: "v1",
  serving: "v1",
  contents: {},
  from: `2026-01-0${day}T00:00:00.000Z`,
  to: `2026-01-0${day}T01:00:00.000Z`,
  cause: "plan",
  reason: "v1 reached its target on evidence",
  paired: opposed,
  ...changes,
});

function remember(...endings: readonly EndingRecord[]): void {
  mkdirSync(bench.file("history"), { recursive: true });
  const history = new History({ directory: bench.file(""), intervals: bench.file("none") });
  for (const each of endings) history.append(each);
}

const effectOf = (verdict: unknown): number | undefined => (verdict as Verdict).evidence.guards[0]?.designEffect;

test("promoted rollouts on the disk teach the next one: it says so, keeps it over kill -9, and its evidence verifies", async () => {
  bench = await Bench.start();
  remember(ending(1, {}), ending(2, { how: "stopped" }), ending(3, {}));
  const begun = await bench.accepted(canaryPlan());
  const effect = effectOf(begun.rollout.verdict) ?? Number.NaN;
  expect(effect).toBeGreaterThan(10);
  expect(begun.events.findLast(({ kind }) => kind === "evidence")?.text).toBe(
    `in the last 2 rollouts that were promoted the versions differed from moment to moment by more than chance explains, so evidence weighs less: that of errorRate is divided by ${effect}`,
  );
  await bench.load((sent) => sent >= 300);
  // What comes to the history later is for later rollouts.
  remember(ending(4, { paired: { ...opposed, windows: [] } }));
  bench.gateway.child.kill("SIGKILL");
  await bench.gateway.exited;
  await bench.startGateway();
  expect(effectOf((await bench.status()).rollout.verdict)).toBe(effect);
  expect(effectOf((await bench.accepted(canaryPlan({ weight: 1_000 }))).rollout.verdict)).toBe(effect);

  await bench.load((sent) => sent >= 300);
  await bench.until(({ rollout }) => ((rollout.verdict as Verdict | undefined)?.evidence.intervals ?? 0) >= 2);
  const evidence = (await bench.admin("/admin/evidence")).json as RolloutEvidence;
  expect(evidence.settings?.guards[0]?.designEffect).toBe(effect);
  const parsed = parseEvidence(renderDocument(documentOf(evidence)));
  if (parsed.document === undefined) throw new Error("the document is not sound");
  expect(verifyEvidence(parsed.document, parsed.verdict).same).toBe(true);
});

test("records without such counts, or with damaged ones, teach nothing and are told all the same", async () => {
  bench = await Bench.start();
  const { paired: _, ...earlier } = ending(1, {});
  remember(earlier, ending(2, {}));
  const directory = bench.file("history");
  const [name = ""] = readdirSync(directory).filter((each) => each.startsWith("2026-01-02"));
  const record = JSON.parse(readFileSync(join(directory, name), "utf8")) as object;
  writeFileSync(join(directory, name), JSON.stringify({ ...record, paired: { windows: "many" } }));
  const { rollout, events } = await bench.accepted(canaryPlan());
  expect(effectOf(rollout.verdict)).toBe(1);
  expect(events.map(({ kind }) => kind)).not.toContain("evidence");
  expect((await bench.admin("/admin/history")).json).toHaveLength(2);
  await bench.accepted(stablePlan());
});

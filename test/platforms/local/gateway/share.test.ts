import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import type { Draws, RolloutEvidence } from "../../../../components/rollout/index.ts";
import { canaryPlan, errorGuard, stablePlan } from "../../../support/plans.ts";
import { fail, succeed } from "./fake-server.ts";
import { Bench } from "./harness.ts";

let bench: Bench;
afterEach(() => bench.stop());

const INTERVAL_MS = 1_100;
/** So wide that nothing ends by it. */
const patient = { ...errorGuard, margin: { kind: "absolute", value: 0.9 } } as const;

/** What was drawn so far, by weight. */
async function drawn(): Promise<ReadonlyMap<number, Draws>> {
  await sleep(INTERVAL_MS);
  const { arrivals = [] } = (await bench.admin("/admin/evidence")).json as RolloutEvidence;
  const totals = new Map<number, Draws>();
  for (const { weight, stable, candidate } of arrivals.flatMap(({ draws }) => draws)) {
    const before = totals.get(weight) ?? { weight, stable: 0, candidate: 0 };
    totals.set(weight, { weight, stable: before.stable + stable, candidate: before.candidate + candidate });
  }
  return totals;
}

test("every request that was drawn counts, and nothing else: not pins, nor what failed over; whatever is excused or excess is in it", async () => {
  bench = await Bench.start();
  let asked = 0;
  bench.server("v2").answer = (_seen, response) => (++asked % 10 === 0 ? fail(response) : succeed(response, "v2"));
  await bench.accepted(canaryPlan({ weight: 2_000 }, { guards: [patient] }));
  // One input of one address: most of it is excess.
  const { sent, statuses } = await bench.load((count) => count >= 3_000);
  for (let i = 0; i < 30; i++) await bench.predict({ headers: { "x-model-version": i % 2 === 0 ? "v1" : "v2" } });
  const split = (await drawn()).get(2_000);
  expect(statuses).toEqual(new Map([[200, sent]]));
  expect((split?.stable ?? 0) + (split?.candidate ?? 0)).toBe(sent);
  const { rollout, requests } = await bench.status();
  expect(requests.v2?.failedOver).toBeGreaterThan(0);
  expect(requests.v2?.pinned).toBeGreaterThan(0);
  expect(rollout.share).toMatchObject({ weight: 2_000, stable: split?.stable, candidate: split?.candidate });
  expect(rollout.share?.mismatch).toBeUndefined();
});

test("a healthy rollout climbs from copies to the whole, and its traffic is divided as its weights say", async () => {
  bench = await Bench.start();
  await bench.accepted(stablePlan());
  const steps = ["shadow", 2_000, 5_000].map((step) =>
    typeof step === "number" ? ({ kind: "weight", weight: step } as const) : ({ kind: "shadow" } as const),
  );
  await bench.accepted(
    canaryPlan(
      { weight: 10_000, shadow: false },
      { guards: [patient], steps, advance: "automatic", bakeMs: 500, holdBack: 1_000 },
    ),
  );
  let done = false;
  let input = 0;
  const lanes = Array.from({ length: 8 }, async () => {
    while (!done) await bench.predict({ body: JSON.stringify({ text: `good ${input++}` }) });
  });
  const { rollout } = await bench.until(({ rollout: { phase } }) => phase === "complete" || phase === "aborted");
  done = true;
  await Promise.all(lanes);
  expect(rollout.phase).toBe("complete");
  expect(rollout.share?.mismatch).toBeUndefined();
  expect([...(await drawn()).keys()]).toEqual(expect.arrayContaining([2_000, 5_000]));
});

test("a session is one draw, whatever it asks, at every weight; a new process begins a stretch of its own", async () => {
  bench = await Bench.start();
  const plan = (weight: number) => canaryPlan({ weight, stickyHeader: "x-session-id" }, { guards: [patient] });
  const visit = async (from: number, to: number): Promise<void> => {
    for (let session = from; session < to; session += 16) {
      const batch = Array.from({ length: Math.min(16, to - session) }, (_, i) => ({
        "x-session-id": `s${session + i}`,
      }));
      await Promise.all(batch.map((headers) => bench.predict({ headers })));
    }
  };
  const total = (split: Draws | undefined): number => (split?.stable ?? 0) + (split?.candidate ?? 0);
  await bench.accepted(plan(1_000));
  await visit(0, 200);
  await visit(0, 200);
  await bench.accepted(plan(5_000));
  // 200 come again, and 100 are new.
  await visit(0, 300);
  let all = await drawn();
  expect([total(all.get(1_000)), total(all.get(5_000))]).toEqual([200, 100]);
  bench.gateway.child.kill("SIGKILL");
  await bench.gateway.exited;
  await bench.startGateway();
  await visit(0, 300);
  all = await drawn();
  expect([total(all.get(1_000)), total(all.get(5_000))]).toEqual([200, 400]);
  const { share } = (await bench.status()).rollout;
  expect(total(share)).toBe(300);
  expect(share?.mismatch).toBeUndefined();
});

test("sessions that clients choose are not chance: the rollout holds, keeps its share, and can be aborted", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan({ weight: 500, stickyHeader: "x-session-id" }, { guards: [patient] }));
  const own: string[] = [];
  for (let i = 0; own.length < 40; i++) {
    const answer = await bench.predict({ headers: { "x-session-id": `probe ${i}` } });
    if (answer.headers["x-model-version"] === "v2") own.push(`probe ${i}`);
  }
  // Sessions stand where the rollout's identity puts them: who knows which of them have the candidate sends no other.
  bench.gateway.child.kill("SIGKILL");
  await bench.gateway.exited;
  await bench.startGateway();
  for (const session of own) await bench.predict({ headers: { "x-session-id": session } });
  const { rollout, weights } = await bench.until(({ rollout: { phase } }) => phase === "holding");
  expect(rollout.share?.mismatch).toMatch(
    /^the traffic is not divided as the weight says: the candidate got 40 of 40 /,
  );
  expect(weights).toEqual({ v1: 9_500, v2: 500 });
  expect((await bench.admin("/admin/abort", { method: "POST", body: '{"reason":"enough"}' })).status).toBe(200);
  expect((await bench.status()).rollout.ended?.cause).toBe("person");
});

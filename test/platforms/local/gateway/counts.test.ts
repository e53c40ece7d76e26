import { afterEach, expect, test } from "vitest";
import type { Guard } from "../../../../components/guards/index.ts";
import type { RolloutEvidence } from "../../../../components/rollout/index.ts";
import { canaryPlan, errorGuard, latencyGuard } from "../../../support/plans.ts";
import { fail, succeed } from "./fake-server.ts";
import { Bench } from "./harness.ts";

let bench: Bench;
afterEach(() => bench.stop());

/** Units of a guard that were compared, over all intervals. */
async function compared(metric: string): Promise<{ readonly stable: number; readonly candidate: number }> {
  const { intervals } = (await bench.admin("/admin/evidence")).json as RolloutEvidence;
  const counts = intervals.flatMap(({ counts }) => counts[metric] ?? []);
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  return { stable: sum(counts.map(({ n0 }) => n0)), candidate: sum(counts.map(({ n1 }) => n1)) };
}

const clicks: Guard = {
  ...{ metric: "clicks", source: "feedback", direction: "either", designEffect: 1, maturesMs: 2_000 },
  margin: { kind: "absolute", value: 0.02 },
};

test("answers that were under way when the share moved are given, and compared with nothing", async () => {
  bench = await Bench.start();
  const held: (() => void)[] = [];
  for (const [version, server] of bench.servers) {
    server.answer = (_seen, response) => held.push(() => succeed(response, version));
  }
  await bench.accepted(canaryPlan({ weight: 5_000 }));
  const answers = Array.from({ length: 20 }, () => bench.predict());
  await bench.until(() => held.length === 20);
  await bench.accepted(canaryPlan({ weight: 6_000 }));
  for (const release of held) release();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(20).fill(200));
  for (const [version, server] of bench.servers) server.answer = (_seen, response) => succeed(response, version);
  await bench.load((sent) => sent >= 50, 1);
  await bench.until(({ requests }) => (requests.v1?.requests ?? 0) + (requests.v2?.requests ?? 0) === 70);
  const total = async (): Promise<number> => Object.values(await compared("errorRate")).reduce((a, b) => a + b, 0);
  while ((await total()) < 50) await bench.until(() => true);
  expect(await total()).toBe(50);
});

test("a latency guard alone does not take a candidate for quick that fails half of its requests at once", async () => {
  bench = await Bench.start();
  let asked = 0;
  bench.server("v2").answer = (_seen, response) => (asked++ % 2 === 0 ? fail(response) : succeed(response, "v2"));
  await bench.accepted(canaryPlan({ weight: 5_000 }, { guards: [latencyGuard], bakeMs: 500 }));
  let done = false;
  const load = bench.load(() => done);
  const { rollout } = await bench.until(({ rollout: { phase } }) => phase === "aborted" || phase === "complete");
  done = true;
  await load;
  expect(rollout.ended?.cause).toBe("guard:latency");
});

test("latency is left out while the candidate warms up, errors are not", async () => {
  bench = await Bench.start();
  const guards = [errorGuard, latencyGuard];
  await bench.accepted(canaryPlan({ weight: 5_000 }, { guards, bakeMs: 500, warmUpMs: 3_600_000 }));
  let done = false;
  const load = bench.load(() => done, 4);
  const { rollout } = await bench.until(
    ({ rollout: { verdict, next } }) => verdict !== undefined && next?.what.includes("warm up") === true,
  );
  done = true;
  await load;
  expect(rollout.phase).toBe("progressing");
  expect((await compared("errorRate")).candidate).toBeGreaterThan(0);
  expect((await compared("latency")).candidate).toBe(0);
});

test("feedback is compared by its prediction once it is complete, and what is open or late is told", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan({ weight: 5_000 }, { guards: [clicks] }));
  const ids: string[] = [];
  for (let i = 0; i < 20; i++) ids.push(String((await bench.predict()).headers["x-prediction-id"]));
  const tell = (which: readonly string[]) =>
    bench.feedBack(JSON.stringify(which.map((predictionId) => ({ predictionId, metric: "clicks", value: 1 }))));
  await tell(ids.slice(0, 12));
  expect((await bench.status()).rollout.feedback).toEqual({ clicks: { waiting: 12, late: 0 } });
  await bench.until(({ rollout: { feedback } }) => feedback?.clicks?.waiting === 0);
  await tell(ids.slice(12));
  const { feedback } = (await bench.status()).rollout;
  expect(feedback).toEqual({ clicks: { waiting: 0, late: 8 } });
  const { stable, candidate } = await compared("clicks");
  expect(stable + candidate).toBe(12);
});

test("versions that do the same are not told apart by a class that is known later than the other, over a raise", async () => {
  bench = await Bench.start();
  const plan = (weight: number) => canaryPlan({ weight }, { guards: [clicks] });
  const waiting: { readonly at: number; readonly body: string }[] = [];
  let done = false;
  const lane = async (): Promise<void> => {
    for (let i = 0; !done; i++) {
      const predictionId = (await bench.predict()).headers["x-prediction-id"];
      const value = i % 2;
      // What was clicked is known after 1.5 s, what was not at once.
      waiting.push({ at: Date.now() + value * 1_500, body: JSON.stringify({ predictionId, metric: "clicks", value }) });
      for (const { at, body } of waiting.splice(0)) {
        if (at <= Date.now()) await bench.feedBack(body);
        else waiting.push({ at, body });
      }
    }
  };
  await bench.accepted(plan(500));
  const lanes = Promise.all([lane(), lane()]);
  // A rollout that has ended counts no more.
  const phaseAfter = async (more: number): Promise<string> => {
    const before = (await compared("clicks")).candidate;
    for (;;) {
      const { rollout } = await bench.until(() => true);
      if (rollout.phase !== "progressing" || (await compared("clicks")).candidate >= before + more)
        return rollout.phase;
    }
  };
  const phases = [await phaseAfter(30)];
  await bench.accepted(plan(9_000));
  phases.push(await phaseAfter(400));
  done = true;
  await lanes;
  expect(phases).toEqual(["progressing", "progressing"]);
  const { stable, candidate } = await compared("clicks");
  expect(stable).toBeGreaterThan(0);
  expect(candidate).toBeGreaterThan(0);
});

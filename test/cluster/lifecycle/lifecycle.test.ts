import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { httpRoutePath } from "../../../components/platforms/kubernetes/cluster/index.ts";
import { annotations } from "../../../components/platforms/kubernetes/route/annotations.ts";
import type { Clients } from "../traffic/clients.ts";
import { answering, type RolloutFacts, runRollout, USUAL, until } from "./rollouts.ts";
import { HOST, MODEL, NAMESPACE, openStage, type Stage } from "./stage.ts";

// One life of an endpoint under traffic, chapter by chapter: the library's program on the real engine, its controller as
// a process with the rights of its Role, a real API server, Envoy and Prometheus. Each chapter goes on from the last.

const PER_SECOND = 250;

let stage: Stage;
let clients: Clients;
let begun = 0;
beforeAll(async () => {
  stage = await openStage();
  stage.pods.behave("v1", answering(USUAL));
  await stage.program.deploy(stage.document(["v1"], { stable: "v1" }));
  begun = Date.now();
  clients = stage.send(PER_SECOND);
  await until(async () => (clients.seen.get("v1")?.good ?? 0) > PER_SECOND, "the first answers");
}, 180_000);
afterAll(() => stage.stop(), 120_000);

/** What holds for every rollout, however it ends: nobody lost an answer, the candidate got its share at most, stable kept its pods. */
function expectUnharmed({ lost, above, stable }: RolloutFacts): void {
  expect({ lost, above, restarted: stable.restarted }).toEqual({ lost: 0, above: [], restarted: 0 });
  expect(stable.before).toBeGreaterThanOrEqual(2);
  expect(stable.least).toBe(stable.before);
}

/** A healthy candidate climbs to its share by itself, and is promoted. */
async function promotes(): Promise<void> {
  const facts = await runRollout(stage, { stable: "v1", candidate: "v2" });
  expectUnharmed(facts);
  expect(facts).toMatchObject({ phase: "complete", spoilt: 0 });
  expect(weights("v2")).toEqual([0, 500, 2_500, 5_000, 9_500]);
  const promoted = await stage.program.mlc("promote", "--yes", "--no-up", "--stack", "dev");
  expect(promoted.code, promoted.output).toBe(0);
  await stage.program.up();
  await until(async () => stage.ledger.weightOf("v2") === 10_000, "v2 to serve alone");
}

/** A candidate that crashes in the middle of its climb is stopped. */
async function stopsCrash(): Promise<void> {
  const { pods, ledger } = stage;
  const facts = await runRollout(
    stage,
    { stable: "v2", candidate: "v3", beside: ["v1"], rollout: { previous: "v1" } },
    async () => {
      await until(async () => ledger.weightOf("v3") === 2_500, "v3 to climb");
      pods.behave("v3", { refuses: true });
    },
  );
  expectUnharmed(facts);
  expect(facts).toMatchObject({ phase: "aborted", cause: "guard:errorRate" });
  expect(ledger.weightOf("v3")).toBe(0);
}

/** A candidate whose answers are quietly others is stopped by what comes back of them. */
async function stopsSkew(): Promise<void> {
  const facts = await runRollout(stage, {
    ...{ stable: "v2", candidate: "v4", beside: ["v1"], rollout: { previous: "v1" } },
    behaviour: answering(0.9),
  });
  expectUnharmed(facts);
  expect(facts).toMatchObject({ phase: "aborted", cause: "guard:positiveRate", spoilt: 0 });
  expect(stage.ledger.weightOf("v4")).toBe(0);
}

/** What a person takes back stays so: over a killed controller, and an update of the old document. */
async function staysTakenBack(): Promise<void> {
  const { ledger, program, programs } = stage;
  const run = { stable: "v2", candidate: "v5", beside: ["v1"], rollout: { previous: "v1" } };
  const facts = await runRollout(stage, run, async () => {
    await until(async () => ledger.weightOf("v5") === 2_500, "v5 to climb");
    const back = await program.mlc("rollback", "--yes", "--no-up", "--stack", "dev", "--reason", "looks wrong");
    expect(back.code, back.output).toBe(0);
    expect(ledger.weightOf("v5")).toBe(0);
  });
  expectUnharmed(facts);
  expect(facts).toMatchObject({ phase: "aborted", cause: "person" });
  await programs.restart("controller");
  const asked = { ...run.rollout, stable: "v2", candidate: "v5", weight: "100%" } as const;
  await program.deploy(stage.document(["v1", "v2", "v5"], asked), "--refresh");
  await sleep(4_000);
  expect(ledger.weightOf("v5")).toBe(0);
  const route = await stage.cluster.api.get<{ metadata: { annotations: Readonly<Record<string, string>> } }>(
    httpRoutePath(NAMESPACE, MODEL),
  );
  expect(route.metadata.annotations[annotations.ended]).toMatch(/^[0-9a-f]{16}$/);
}

/** A version that is deprecated gives notice in its answers. */
async function givesNotice(): Promise<void> {
  const sunset = "2035-05-31T00:00:00Z";
  const retirement = { v1: { phase: "deprecated", sunset, successor: "v2" } } as const;
  await stage.program.deploy(stage.document(["v1", "v2"], { stable: "v2" }, { retirement }));
  const notice = await until(async () => {
    const headers = await headersOf("v1");
    return headers.sunset === undefined ? undefined : headers;
  }, "the notice");
  expect(notice.sunset).toBe(new Date(sunset).toUTCString());
  expect(notice.deprecation).toMatch(/^@\d+$/);
  expect(notice.link).toContain('rel="successor-version"');
}

test("an endpoint lives through all of it, and nobody is left without an answer", async () => {
  await promotes();
  await stopsCrash();
  await stopsSkew();
  await staysTakenBack();
  await givesNotice();
  await clients.stop();
  expect(clients.lost()).toBe(0);
  expect(clients.sent()).toBeGreaterThan(10_000);
  expect(clients.sent() / ((Date.now() - begun) / 1000)).toBeGreaterThan(200);
});

/** The weights that a version has had, one after the other. */
const weights = (version: string): readonly number[] =>
  stage.ledger.divisions
    .map(({ weights }) => weights[version] ?? 0)
    .filter((weight, i, all) => i === 0 || weight !== all[i - 1]);

async function headersOf(version: string) {
  const { headers, body } = await request(`${stage.gateway.url}/v2/models/${MODEL}/infer`, {
    ...{ method: "POST", body: "{}", headers: { host: HOST, "x-model-version": version } },
  });
  await body.dump();
  return headers;
}

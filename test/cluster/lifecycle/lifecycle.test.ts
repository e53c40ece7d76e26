import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { httpRoutePath } from "../../../components/platforms/kubernetes/cluster/index.ts";
import { annotations } from "../../../components/platforms/kubernetes/route/annotations.ts";
import { NAMESPACE } from "../test-bed/index.ts";
import type { Clients, Heard } from "../traffic/clients.ts";
import { answering, type RolloutFacts, runRollout, USUAL, until } from "./rollouts.ts";
import { HOST, MODEL, openStage, type Stage } from "./stage.ts";

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
  clients = stage.send(HOST, PER_SECOND, { hear: stage.ledger.hear });
  await until(async () => (clients.seen.get("v1")?.good ?? 0) > PER_SECOND, "the first answers");
}, 180_000);
afterAll(() => stage[Symbol.asyncDispose](), 120_000);

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
  const state = (await stage.kept())?.state;
  // What Envoy drew was held against the weights, and fits them.
  expect(state?.judges?.share).toMatchObject({ weight: expect.any(Number) });
  expect(state?.progress?.mismatch).toBeUndefined();
  await change("promote");
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
  const told = async () => (await stage.kept())?.state.events.find(({ kind }) => kind === "effective")?.text;
  expect(await until(told, "its counter to stand still")).toMatch(/^v3 gets nothing any more/);
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

/** A version is given notice, archived and retired: who still names it gets 410 in the end, and an answer all the time. */
async function retires(): Promise<void> {
  const { program, ledger, pods } = stage;
  await program.deploy(stage.document(["v1", "v2"], { stable: "v2" }));
  const heard: Heard[] = [];
  const naming = stage.send(HOST, PER_SECOND / 10, { version: "v1", hear: (each) => void heard.push(each) });
  const from = ledger.heard.length;
  const sunset = `${new Date(Date.now() + 10_000).toISOString().slice(0, 19)}Z`;
  await change("deprecate", "v1", "--sunset", sunset);
  const notice = await until(async () => {
    const { headers } = await askFor("v1");
    return headers.sunset !== undefined && headers;
  }, "the notice");
  expect(notice.sunset).toBe(new Date(sunset).toUTCString());
  expect(notice.deprecation).toMatch(/^@\d+$/);
  expect(notice.link).toContain('rel="successor-version"');
  await change("archive", "v1");
  await until(async () => Date.now() > Date.parse(sunset), "the sunset");
  await change("retire", "v1");
  await until(async () => heard.at(-1)?.status === 410 && pods.serving("v1") === 0, "v1 to be gone");
  expect((await askFor("v1")).headers.link).toBe(`</v2/models/${MODEL}/versions/v2>; rel="successor-version"`);
  // In a later edit it leaves the document, and its Service goes.
  const { versions, ...retired } = program.document();
  const { v1: _, ...left } = versions;
  await program.deploy({ ...retired, versions: left });
  await naming.stop();
  expect(naming.sent()).toBeGreaterThan(100);
  expect(new Set(heard.map(({ status }) => status))).toEqual(new Set([200, 410]));
  expect(heard.at(-1)?.status).toBe(410);
  expect(ledger.heard.slice(from).filter(({ status = 599 }) => status >= 500)).toEqual([]);
}

test("an endpoint lives through all of it, and nobody is left without an answer", async () => {
  await promotes();
  await stopsCrash();
  await stopsSkew();
  await staysTakenBack();
  await retires();
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

/** A step of the lifecycle as an operator takes it: an edit of the document, and a run of the engine. */
async function change(...args: readonly string[]): Promise<void> {
  const ran = await stage.program.mlc(...args, "--yes", "--no-up", "--stack", "dev");
  expect(ran.code, ran.output).toBe(0);
  await stage.program.up();
}

/** One request that names a version. */
async function askFor(version: string) {
  const answer = await request(`${stage.gateway.url}/v2/models/${MODEL}/infer`, {
    ...{ method: "POST", body: "{}", headers: { host: HOST, "x-model-version": version } },
  });
  await answer.body.dump();
  return answer;
}

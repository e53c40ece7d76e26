import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { abortRollout, readEvidence } from "../../components/platforms/local/gateway/admin-client.ts";
import { pidOf, serverOf, statusOf } from "../support/serving.ts";
import { failedOutside, rate } from "./customers.ts";
import {
  claimOf,
  createStage,
  expectConvergence,
  expectNothingLeft,
  gatewayProcess,
  kill9,
  rollout,
  type Stage,
  supervisorOf,
  until,
  untilReplaced,
} from "./stage.ts";

// The gateway and the supervisor killed with -9 under 200 requests a second.

let stage: Stage;
const status = () => statusOf(stage.folder.root, "sentiment");
const intervals = async () => (await readEvidence(stage.folder, "sentiment")).intervals.length;

beforeAll(async () => {
  stage = await createStage({ first: () => ({ rollout: rollout("25%") }) });
  return () => stage[Symbol.asyncDispose]();
}, 120_000);

/** What was in flight, and what was sent until a process that is started at once listens. */
const mostLost = 16 + 2 * rate;
let healedAt = 0;

/** Kills the gateway and waits until it serves again, of its own; only requests sent in between are lost. */
async function killGateway(): Promise<void> {
  const { pid, instance } = claimOf(stage.folder);
  const known = stage.customers.seen().failed.length;
  const killedAt = Date.now();
  await kill9(pid);
  await until(() => claimOf(stage.folder).pid !== pid);
  await stage.customers.served(20);
  healedAt = Date.now();
  await stage.customers.served(100);
  expect(claimOf(stage.folder).instance).toBe(instance);
  const lost = stage.customers.seen().failed.slice(known);
  // In flight at the kill is what was sent shortly before.
  expect(failedOutside({ ...stage.customers.seen(), failed: lost }, killedAt - 1_000, healedAt)).toEqual([]);
  expect(lost.length).toBeLessThanOrEqual(mostLost);
}

test("the gateway, killed: it serves again without up, by the same weights, and its evidence goes on", async () => {
  await until(async () => (await intervals()) >= 2);
  const before = await status();
  const evidence = await intervals();
  await killGateway();
  const after = await status();
  expect(after.weights).toEqual({ v1: 7_500, v2: 2_500 });
  expect(after.rollout).toMatchObject({ identity: before.rollout.identity, startedAt: before.rollout.startedAt });
  expect(await intervals()).toBeGreaterThanOrEqual(evidence);
});

test("the supervisor, killed: all goes on, another one comes, and starts what is killed then", async () => {
  const known = stage.customers.seen().failed.length;
  const pids = { gateway: claimOf(stage.folder).pid, supervisor: supervisorOf(stage.folder) };
  await kill9(pids.supervisor);
  await until(() => {
    try {
      return supervisorOf(stage.folder) !== pids.supervisor;
    } catch {
      return false;
    }
  });
  const server = serverOf("sentiment", "v2", stage.pins.v2);
  const pid = pidOf(stage.folder.root, server);
  await kill9(pid);
  await untilReplaced(stage.folder, server, pid);
  await stage.customers.served(50, "v2");
  expect(claimOf(stage.folder).pid).toBe(pids.gateway);
  expect(stage.customers.seen().failed.slice(known)).toEqual([]);
});

test("the supervisor and then a server, killed before another supervisor came", async () => {
  const known = stage.customers.seen().failed.length;
  const server = serverOf("sentiment", "v2", stage.pins.v2);
  const pid = pidOf(stage.folder.root, server);
  await kill9(supervisorOf(stage.folder));
  await kill9(pid);
  await untilReplaced(stage.folder, server, pid);
  await stage.customers.served(50, "v2");
  expect(stage.customers.seen().failed.slice(known)).toEqual([]);
});

test("an abort holds when the gateway is killed at once after it, and over the next up", async () => {
  await abortRollout(stage.folder, "sentiment", "answers look wrong");
  await killGateway();
  expect((await status()).weights).toEqual({ v1: 10_000, v2: 0 });
  expect((await status()).rollout).toMatchObject({ phase: "aborted", ended: { reason: "answers look wrong" } });
  const byCandidate = stage.customers.seen().answered.v2;
  const { output } = await expectConvergence(stage);
  expect(output).toContain("warning: answers look wrong");
  await stage.customers.served(100);
  expect(stage.customers.seen().answered.v2).toBe(byCandidate);
});

test("both, killed together: the next up alone heals", async () => {
  const known = stage.customers.seen().failed.length;
  const killedAt = Date.now();
  await kill9(supervisorOf(stage.folder));
  const { pid } = claimOf(stage.folder);
  await kill9(pid);
  // Longer than it takes the gateway to notice the death of its supervisor: nobody is there to help.
  await sleep(2_500);
  expect(claimOf(stage.folder).pid).toBe(pid);
  await expectConvergence(stage);
  await stage.customers.served(100);
  expect((await status()).weights).toEqual({ v1: 10_000, v2: 0 });
  const { failed } = stage.customers.seen();
  expect(
    failedOutside({ ...stage.customers.seen(), failed: failed.slice(known) }, killedAt - 1_000, Date.now()),
  ).toEqual([]);
  expect(supervisorOf(stage.folder)).toBeGreaterThan(0);
  expect(pidOf(stage.folder.root, gatewayProcess)).toBe(claimOf(stage.folder).pid);
});

test("after all that, destroy leaves nothing", async () => {
  await expectNothingLeft(stage);
});

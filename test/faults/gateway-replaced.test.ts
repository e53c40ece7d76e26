import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { identify } from "../../components/host/process-identity.ts";
import { readSpec, waitReady, writeSpec } from "../../components/platforms/local/supervisor/process-spec.ts";
import { send } from "../platforms/local/gateway/harness.ts";
import {
  claimOf,
  createStage,
  expectNothingLeft,
  gatewayProcess,
  kill9,
  type Stage,
  supervisorOf,
  until,
} from "./stage.ts";

// Gateways replaced by others under clients that open a connection for each request.

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
  return () => stage[Symbol.asyncDispose]();
}, 120_000);

/** Another instance of the gateway, as after an upgrade of the library. It serves when this returns. */
async function replaceGateway(): Promise<void> {
  const spec = readSpec(stage.folder, gatewayProcess);
  if (spec === undefined) throw new Error("no gateway is wanted");
  const instance = randomUUID();
  writeSpec(stage.folder, { ...spec, instance, args: [...spec.args.slice(0, -1), instance] });
  await waitReady(stage.folder, gatewayProcess, { timeoutMs: 60_000 });
  await until(() => claimOf(stage.folder).instance === instance);
}

/** Sixteen clients, each request on a connection of its own, while something is done. */
async function underConnections(act: () => Promise<void>): Promise<{ sent: number; lost: readonly string[] }> {
  const lost: string[] = [];
  let sent = 0;
  let done = false;
  const lane = async (): Promise<void> => {
    while (!done) {
      sent++;
      const body = JSON.stringify({ text: "a great chair" });
      const headers = { "content-type": "application/json" };
      await send(claimOf(stage.folder).port, "/predict", { method: "POST", headers, body }).then(
        ({ status }) => status === 200 || lost.push(String(status)),
        (error: unknown) => lost.push(String(error)),
      );
    }
  };
  const lanes = Promise.all(Array.from({ length: 16 }, lane));
  try {
    await act();
    await sleep(200);
  } finally {
    done = true;
    await lanes;
  }
  return { sent, lost };
}

test("five replacements lose no request", async () => {
  const { sent, lost } = await underConnections(async () => {
    for (let i = 0; i < 5; i++) await replaceGateway();
  });
  expect(lost).toEqual([]);
  expect(sent).toBeGreaterThan(100);
  expect(stage.customers.seen().failed).toEqual([]);
});

test("nor does one by a supervisor that has adopted the gateway", async () => {
  const before = supervisorOf(stage.folder);
  await kill9(before);
  await until(() => {
    try {
      return supervisorOf(stage.folder) !== before;
    } catch {
      return false;
    }
  });
  const { lost } = await underConnections(replaceGateway);
  expect(lost).toEqual([]);
});

test("a gateway that does not answer is replaced all the same", async () => {
  const { pid, port } = claimOf(stage.folder);
  process.kill(pid, "SIGSTOP");
  await replaceGateway();
  expect(claimOf(stage.folder)).toMatchObject({ port });
  // It would hold a share of the port's new connections, and answer none of them.
  expect(identify(pid)).toBeUndefined();
  for (let i = 0; i < 20; i++) expect((await send(port, "/v2/health/live")).status).toBe(200);
});

test("after all that, destroy leaves nothing", async () => {
  await expectNothingLeft(stage);
});

import { randomUUID } from "node:crypto";
import { putRoute } from "../../../components/platforms/local/gateway/admin-client.ts";
import type { StateFolder } from "../../../components/platforms/local/state-folder/folder.ts";
import { gatewayPaths } from "../../../components/platforms/local/state-folder/paths.ts";
import { waitReady, writeSpec } from "../../../components/platforms/local/supervisor/process-spec.ts";
import { startFakeServer } from "../../platforms/local/gateway/fake-server.ts";
import { freePort, send } from "../../platforms/local/gateway/harness.ts";
import { createFolder, removeFolder } from "../../platforms/local/supervisor/test-folder.ts";
import { stablePlan } from "../../support/plans.ts";

const CLIENTS = 16;
const READY_WITHIN_MS = 60_000;

export interface Replaced {
  readonly sent: number;
  readonly lost: number;
  /** Requests a second. */
  readonly rate: number;
}

/** Gateways that a supervisor replaces one after the other, under clients with a connection for each request. */
export async function replaceGateways(main: string, times: number): Promise<Replaced> {
  const folder = createFolder();
  const server = await startFakeServer("v1", folder.path("v1.sock"));
  server.remember = false;
  try {
    const [port, adminPort] = [await freePort(), await freePort()];
    await serveNext(folder, main, port, adminPort);
    await putRoute(folder, "e", { plan: stablePlan(), servers: { v1: "v1.sock", v2: "v2.sock" } });
    let [sent, lost, over] = [0, 0, false];
    const client = async (): Promise<void> => {
      while (!over) {
        sent++;
        const asked = { method: "POST", body: '{"text":"good"}', headers: { connection: "close" } };
        const answer = await send(port, "/predict", asked).catch(() => undefined);
        if (answer?.status !== 200) lost++;
      }
    };
    const from = performance.now();
    const clients = Promise.all(Array.from({ length: CLIENTS }, client));
    for (let time = 0; time < times; time++) await serveNext(folder, main, port, adminPort);
    over = true;
    await clients;
    return { sent, lost, rate: sent / ((performance.now() - from) / 1_000) };
  } finally {
    await removeFolder(folder);
    await server.kill();
  }
}

/** Asks the supervisor for another instance, and waits until it serves. */
async function serveNext(folder: StateFolder, main: string, port: number, adminPort: number): Promise<void> {
  const { directory, adminToken } = gatewayPaths("e");
  const instance = randomUUID();
  const ports = ["--port", String(port), "--admin-port", String(adminPort)];
  writeSpec(folder, {
    ...{ name: "gateway-e", instance, script: main, env: {} },
    args: ["--dir", directory, "--endpoint", "e", ...ports, "--instance", instance],
    ready: { port: adminPort, path: "/healthz" },
    succession: { path: "/admin/successor", token: adminToken },
  });
  await waitReady(folder, "gateway-e", { timeoutMs: READY_WITHIN_MS });
}

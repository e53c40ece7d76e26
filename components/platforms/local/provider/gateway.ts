import { randomUUID } from "node:crypto";
import { openStateFolder, type StateFolder } from "../state-folder/folder.ts";
import { gatewayPaths } from "../state-folder/paths.ts";
import { ensureSupervisor } from "../supervisor/ensure.ts";
import { type ProcessSpec, readSpec, removeSpec, waitGone, waitReady, writeSpec } from "../supervisor/process-spec.ts";
import { entryPoint } from "./entry-point.ts";
import { freePort } from "./free-port.ts";
import type { Placed, ResourceKind } from "./resource-kind.ts";

export interface GatewayInputs {
  readonly stateDir: string;
  readonly endpoint: string;
  /** Port for clients. Absent: 8080, or a free one when that is taken; it then stays. */
  readonly port?: number;
  /** Version of this library: another one restarts the gateway, the new process listening before the old one drains. */
  readonly code: string;
}

export interface GatewayState extends GatewayInputs, Placed {
  readonly url: string;
  readonly adminUrl: string;
}

export const processOf = (endpoint: string): string => `gateway-${endpoint}`;

const READY_WITHIN_MS = 15_000;
const GONE_WITHIN_MS = 20_000;

export const gateway: ResourceKind<GatewayInputs, GatewayState> = {
  replaces: ["stateDir", "endpoint"],

  async create(inputs) {
    const folder = openStateFolder(inputs.stateDir);
    const ports = { port: inputs.port ?? (await freePort(8080)), adminPort: await freePort() };
    await run(folder, inputs, ports);
    return { id: processOf(inputs.endpoint), state: { ...inputs, ...urls(ports) } };
  },

  async read({ hostId: _, ...state }) {
    const folder = openStateFolder(state.stateDir);
    if (readSpec(folder, processOf(state.endpoint)) === undefined) return undefined;
    await ensureSupervisor(folder);
    return state;
  },

  async update(news, olds) {
    const folder = openStateFolder(news.stateDir);
    const ports = { port: news.port ?? portOf(olds.url), adminPort: portOf(olds.adminUrl) };
    await run(folder, news, ports);
    return { ...news, ...urls(ports) };
  },

  async delete(state) {
    const folder = openStateFolder(state.stateDir);
    removeSpec(folder, processOf(state.endpoint));
    await ensureSupervisor(folder);
    await waitGone(folder, processOf(state.endpoint), { timeoutMs: GONE_WITHIN_MS });
  },
};

interface Ports {
  readonly port: number;
  readonly adminPort: number;
}

async function run(folder: StateFolder, inputs: GatewayInputs, ports: Ports): Promise<void> {
  const before = readSpec(folder, processOf(inputs.endpoint));
  writeSpec(folder, specOf(inputs, ports));
  await ensureSupervisor(folder);
  try {
    await waitReady(folder, processOf(inputs.endpoint), { timeoutMs: READY_WITHIN_MS });
  } catch (error) {
    if (before) writeSpec(folder, before);
    else removeSpec(folder, processOf(inputs.endpoint));
    throw error;
  }
}

function specOf({ endpoint }: GatewayInputs, { port, adminPort }: Ports): ProcessSpec {
  const instance = randomUUID();
  return {
    name: processOf(endpoint),
    instance,
    script: entryPoint("gateway"),
    args: [
      ...["--dir", gatewayPaths(endpoint).directory],
      ...["--endpoint", endpoint],
      ...["--port", String(port)],
      ...["--admin-port", String(adminPort)],
      ...["--instance", instance],
    ],
    env: {},
    ready: { port: adminPort, path: "/healthz" },
  };
}

const urls = ({ port, adminPort }: Ports) => ({
  url: `http://127.0.0.1:${port}`,
  adminUrl: `http://127.0.0.1:${adminPort}`,
});

const portOf = (url: string) => Number(new URL(url).port);

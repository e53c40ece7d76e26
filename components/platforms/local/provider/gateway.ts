import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { freePort } from "../../../host/free-port.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { gatewayPaths } from "../state-folder/paths.ts";
import { ensureSupervisor, renewSupervisor } from "../supervisor/ensure.ts";
import { entryPoint } from "../supervisor/entry-point.ts";
import {
  isSameWish,
  isServing,
  ProcessNotReady,
  type ProcessSpec,
  readSpec,
  removeSpec,
  waitGone,
  waitReady,
  writeSpec,
} from "../supervisor/process-spec.ts";
import type { LocalInputs, LocalKind } from "./local-kind.ts";
import { recordIn } from "./records.ts";

/** What is asked of the process that clients talk to. */
export interface GatewayInputs extends LocalInputs {
  /** Its name: the model it serves. */
  readonly endpoint: string;
  /** Port for clients. Absent: 8080, or a free one when that is taken; it then stays. */
  readonly port?: number;
  /** Port for administration. Absent: a free one; it then stays. */
  readonly adminPort?: number;
  /** Version of this library: another one restarts the gateway, the new process listening before the old one drains. */
  readonly code: string;
}

/** What the engine keeps of it. */
export interface GatewayState extends GatewayInputs {
  /** Where clients reach it. */
  readonly url: string;
  /** Where it is administered, with a token. */
  readonly adminUrl: string;
}

/** Name of the gateway's process in the state folder. */
export const processOf = (endpoint: string): string => `gateway-${endpoint}`;

/** The longest a gateway takes to answer, in milliseconds, also one that is started again. */
export const READY_WITHIN_MS = 15_000;
const GONE_WITHIN_MS = 20_000;
/** How often another port is tried: between the look for a free one and its use, another process may take it. */
const PORT_TRIES = 5;

/** The process that splits and judges traffic, kept alive by the supervisor; its ports stay what they were. */
export const gateway: LocalKind<GatewayInputs, GatewayState> = {
  replaces: ["stateDir", "endpoint"],
  nameOf: ({ endpoint }) => endpoint,

  async create(folder, inputs, before) {
    const spec = readSpec(folder, processOf(inputs.endpoint));
    const last = (spec && portsIn(spec)) ?? (before && portsOf(before));
    if (spec !== undefined && last !== undefined && isOfThisVersion(folder, inputs)) {
      const ports = { port: inputs.port ?? last.port, adminPort: inputs.adminPort ?? last.adminPort };
      if (isSameWish(spec, specOf(inputs, ports, spec.instance))) {
        await serves(folder, inputs);
        return { ...inputs, ...urls(ports) };
      }
    }
    for (let tries = 1; ; tries++) {
      const ports = {
        port: inputs.port ?? last?.port ?? (await freePort(8080)),
        adminPort: inputs.adminPort ?? last?.adminPort ?? (await freePort()),
      };
      try {
        await run(folder, inputs, ports);
        return { ...inputs, ...urls(ports) };
      } catch (error) {
        const fixed = last !== undefined || inputs.port !== undefined || inputs.adminPort !== undefined;
        if (fixed || tries === PORT_TRIES || !isPortTaken(error)) throw error;
      }
    }
  },

  async read(folder, state) {
    if (readSpec(folder, processOf(state.endpoint)) === undefined) return undefined;
    await ensureSupervisor(folder);
    return state;
  },

  stands(folder, state) {
    const spec = readSpec(folder, processOf(state.endpoint));
    return (
      spec !== undefined && isSameWish(spec, specOf(state, portsOf(state), spec.instance)) && isServing(folder, spec)
    );
  },

  async update(folder, news, olds) {
    const before = portsOf(olds);
    const ports = { port: news.port ?? before.port, adminPort: news.adminPort ?? before.adminPort };
    const restarts = news.code !== olds.code || !isDeepStrictEqual(ports, before);
    if (restarts) await run(folder, news, ports);
    return { ...news, ...urls(ports) };
  },

  async delete(folder, state) {
    removeSpec(folder, processOf(state.endpoint));
    await ensureSupervisor(folder);
    await waitGone(folder, processOf(state.endpoint), { timeoutMs: GONE_WITHIN_MS });
  },
};

interface Ports {
  readonly port: number;
  readonly adminPort: number;
}

/** Starts the gateway, by a supervisor of this version; one that serves already goes on until the new one does. */
async function run(folder: StateFolder, inputs: GatewayInputs, ports: Ports): Promise<void> {
  const before = readSpec(folder, processOf(inputs.endpoint));
  if (!isOfThisVersion(folder, inputs)) await renewSupervisor(folder);
  writeSpec(folder, specOf(inputs, ports));
  try {
    await serves(folder, inputs);
  } catch (error) {
    if (before) writeSpec(folder, before);
    else removeSpec(folder, processOf(inputs.endpoint));
    throw error;
  }
}

async function serves(folder: StateFolder, { endpoint }: GatewayInputs): Promise<void> {
  await ensureSupervisor(folder);
  await waitReady(folder, processOf(endpoint), { timeoutMs: READY_WITHIN_MS });
}

/** True unless another version of the library started what runs. */
function isOfThisVersion(folder: StateFolder, { endpoint, code }: GatewayInputs): boolean {
  const record = recordIn(folder, { type: "Gateway", name: endpoint });
  return record === undefined || record.inputs.code === code;
}

function specOf({ endpoint }: GatewayInputs, { port, adminPort }: Ports, instance: string = randomUUID()): ProcessSpec {
  return {
    name: processOf(endpoint),
    instance,
    script: entryPoint("gateway"),
    node: process.execPath,
    args: [
      ...["--dir", gatewayPaths(endpoint).directory],
      ...["--endpoint", endpoint],
      ...["--port", String(port)],
      ...["--admin-port", String(adminPort)],
      ...["--instance", instance],
    ],
    env: {},
    ready: { port: adminPort, path: "/healthz" },
    succession: { path: "/admin/successor", token: gatewayPaths(endpoint).adminToken },
  };
}

/** The ports of a gateway that is wanted already: its creation was interrupted, or another checkout, Node or component created it. */
function portsIn({ ready, args }: ProcessSpec): Ports | undefined {
  const port = Number(args[args.indexOf("--port") + 1]);
  return "port" in ready ? { port, adminPort: ready.port } : undefined;
}

const isPortTaken = (error: unknown): boolean =>
  error instanceof ProcessNotReady && error.status?.state === "portTaken";

const urls = ({ port, adminPort }: Ports) => ({
  url: `http://127.0.0.1:${port}`,
  adminUrl: `http://127.0.0.1:${adminPort}`,
});

const portsOf = ({ url, adminUrl }: GatewayState): Ports => ({ port: portOf(url), adminPort: portOf(adminUrl) });

const portOf = (url: string) => Number(new URL(url).port);

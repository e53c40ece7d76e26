import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { ResolvedCommandRuntime } from "../../../runtimes/command/document.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { artifactPath, socketPath } from "../state-folder/paths.ts";
import { runtimeVariable } from "../state-folder/process-environment.ts";
import { ensureSupervisor } from "../supervisor/ensure.ts";
import { entryPoint } from "../supervisor/entry-point.ts";
import {
  isSameWish,
  type ProcessSpec,
  readSpec,
  removeSpec,
  waitGone,
  waitReady,
  writeSpec,
} from "../supervisor/process-spec.ts";
import { ensureEnvironment } from "./python-environment.ts";

/** The process that answers for one version. */
export interface ModelProcess {
  /** Its name, unique in the state folder. */
  readonly process: string;
  /** What it says it serves. */
  readonly model: string;
  /** What it says it serves. */
  readonly version: string;
  /** The content it serves: an artifact of the state folder. */
  readonly content: string;
  /** What answers for it. @default - the model server of the library */
  readonly serve?: ResolvedCommandRuntime;
  /** The environment that it runs in, absolute. Absent: what PATH has. */
  readonly environment?: string;
}

const READY_WITHIN_MS = 30_000;
/** Its own time limit is the companion's to tell, with the reason. */
const readyWithin = ({ serve }: ModelProcess): number => READY_WITHIN_MS + (serve?.startTimeoutMs ?? 0);

const GONE_WITHIN_MS = 20_000;

/** With the environment of the lock file in its content, built when the store does not have it. */
export async function withEnvironment<Process extends ModelProcess>(
  folder: StateFolder,
  wanted: Process,
): Promise<Process> {
  const { serve, content } = wanted;
  if (serve?.python === undefined) return wanted;
  const { version, lock } = serve.python;
  const environment = await ensureEnvironment({ version, lock: join(folder.path(artifactPath(content)), lock) });
  return { ...wanted, environment };
}

/** Asks for the process, unless it is asked for already. */
export async function askFor(folder: StateFolder, wanted: ModelProcess): Promise<void> {
  const before = readSpec(folder, wanted.process);
  if (before === undefined || !isWanted(wanted, before)) writeSpec(folder, specFor(wanted, randomUUID()));
  await ensureSupervisor(folder);
}

/** Waits until it answers. @throws ProcessNotReady with the reason and its last lines */
export async function waitUntilReady(folder: StateFolder, wanted: ModelProcess): Promise<void> {
  await waitReady(folder, wanted.process, { timeoutMs: readyWithin(wanted) });
}

/** Ends it, and waits until it is gone. */
export async function end(folder: StateFolder, { process: name }: Pick<ModelProcess, "process">): Promise<void> {
  removeSpec(folder, name);
  await ensureSupervisor(folder);
  await waitGone(folder, name, { timeoutMs: GONE_WITHIN_MS });
}

/** Whether what is asked for is this process. */
export const isWanted = (wanted: ModelProcess, spec: ProcessSpec): boolean =>
  isSameWish(spec, specFor(wanted, spec.instance));

function specFor(wanted: ModelProcess, instance: string): ProcessSpec {
  const socket = socketPath(wanted.process);
  return {
    name: wanted.process,
    instance,
    script: entryPoint(wanted.serve === undefined ? "server" : "companion"),
    node: process.execPath,
    args: [
      ...["--socket", socket],
      ...["--model-dir", artifactPath(wanted.content)],
      ...["--model", wanted.model],
      ...["--version", wanted.version],
      ...["--instance", instance],
      ...(wanted.environment === undefined ? [] : ["--environment", wanted.environment]),
    ],
    env: wanted.serve === undefined ? {} : { [runtimeVariable]: inOneOrder(wanted.serve) },
    ready: { socket, path: "/v2/health/ready" },
  };
}

/** JSON that is the same whatever order the engine hands the fields over in. */
const inOneOrder = (value: ResolvedCommandRuntime): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );

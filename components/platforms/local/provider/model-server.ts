import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { withContent } from "../../../sources/content.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { artifactPath, socketPath } from "../state-folder/paths.ts";
import { ensureSupervisor } from "../supervisor/ensure.ts";
import {
  isSameWish,
  isServing,
  type ProcessSpec,
  readSpec,
  removeSpec,
  waitGone,
  waitReady,
  writeSpec,
} from "../supervisor/process-spec.ts";
import { entryPoint } from "./entry-point.ts";
import type { VersionChecks } from "./golden-failures.ts";
import type { LocalInputs, LocalKind } from "./local-kind.ts";
import { checkGoldenFile, checkVersion } from "./version-checks.ts";

/** What is asked of the process that answers for one version. */
export interface ModelServerInputs extends LocalInputs {
  /** Name of the process, unique in the state folder; says the content, so that new content is a new process. */
  readonly process: string;
  /** What it says it serves. */
  readonly model: string;
  /** What it says it serves. */
  readonly version: string;
  /** The content it serves: an artifact of the state folder. */
  readonly content: string;
  /** Must hold before the version may get any request. */
  readonly checks: VersionChecks;
  /** The project's folder, absolute: the golden requests are a file in it. */
  readonly projectDir: string;
}

/** What the engine keeps of it. */
export interface ModelServerState extends ModelServerInputs {
  /** Unix socket it answers on, relative to the state folder. */
  readonly socket: string;
}

const READY_WITHIN_MS = 30_000;
const GONE_WITHIN_MS = 20_000;

/** A process that answers for one version, kept alive by the supervisor; no request reaches it before its checks hold. */
export const modelServer: LocalKind<ModelServerInputs, ModelServerState> = {
  replaces: ["stateDir", "process", "model", "version", "content"],
  ignores: ["projectDir"],
  nameOf: ({ process }) => process,
  upgrade: withContent,

  // The file of checks that passed before may have been removed since.
  check: async (_folder, news, olds) => (wasChecked(news, olds) ? [] : checkGoldenFile(news)),

  async create(folder, inputs, known) {
    const before = readSpec(folder, inputs.process);
    if (before === undefined || !isWanted(inputs, before)) writeSpec(folder, specFor(inputs, randomUUID()));
    await ensureSupervisor(folder);
    try {
      await waitReady(folder, inputs.process, { timeoutMs: READY_WITHIN_MS });
      if (!wasChecked(inputs, known)) await checkVersion(folder, socketPath(inputs.process), inputs);
    } catch (error) {
      // A process that serves already, asked for again under another name with checks that it fails, goes on serving.
      if (known === undefined) await stop(folder, inputs.process);
      else if (before !== undefined) writeSpec(folder, before);
      throw error;
    }
    return { ...inputs, socket: socketPath(inputs.process) };
  },

  async read(folder, state) {
    if (readSpec(folder, state.process) === undefined) return undefined;
    await ensureSupervisor(folder);
    return state;
  },

  stands(folder, state) {
    const spec = readSpec(folder, state.process);
    return spec !== undefined && isWanted(state, spec) && isServing(folder, spec);
  },

  async update(folder, news, olds) {
    if (!wasChecked(news, olds)) await checkVersion(folder, olds.socket, news);
    return { ...news, socket: olds.socket };
  },

  delete: (folder, state) => stop(folder, state.process),
};

function wasChecked(news: ModelServerInputs, olds: ModelServerInputs | undefined): boolean {
  if (olds === undefined) return false;
  const { golden } = news.checks;
  // Version 0.1.0 kept the absolute path of the golden requests in the state.
  const absolute = golden === undefined ? {} : { golden: resolve(news.projectDir, golden) };
  return [news.checks, { ...news.checks, ...absolute }].some((checks) => isDeepStrictEqual(checks, olds.checks));
}

const isWanted = (inputs: ModelServerInputs, spec: ProcessSpec): boolean =>
  isSameWish(spec, specFor(inputs, spec.instance));

function specFor(inputs: ModelServerInputs, instance: string): ProcessSpec {
  const socket = socketPath(inputs.process);
  return {
    name: inputs.process,
    instance,
    script: entryPoint("server"),
    node: process.execPath,
    args: [
      ...["--socket", socket],
      ...["--model-dir", artifactPath(inputs.content)],
      ...["--model", inputs.model],
      ...["--version", inputs.version],
      ...["--instance", instance],
    ],
    env: {},
    ready: { socket, path: "/v2/health/ready" },
  };
}

async function stop(folder: StateFolder, name: string): Promise<void> {
  removeSpec(folder, name);
  await ensureSupervisor(folder);
  await waitGone(folder, name, { timeoutMs: GONE_WITHIN_MS });
}

import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { withContent } from "../../../sources/content.ts";
import type { SourcePart } from "../../../sources/load-source.ts";
import { socketPath } from "../state-folder/paths.ts";
import { ensureSupervisor } from "../supervisor/ensure.ts";
import { isServing, readSpec, writeSpec } from "../supervisor/process-spec.ts";
import type { VersionChecks } from "../versions/golden-failures.ts";
import {
  askFor,
  end,
  isWanted,
  type ModelProcess,
  waitUntilReady,
  withEnvironment,
} from "../versions/model-process.ts";
import { isWhole } from "../versions/python-environment.ts";
import { runtimeProblems } from "../versions/runtime-problems.ts";
import { checkGoldenFile, checkVersion } from "../versions/version-checks.ts";
import type { LocalInputs, LocalKind } from "./local-kind.ts";

/** What is asked of the process that answers for one version. */
export interface ModelServerInputs extends LocalInputs, Omit<ModelProcess, "environment"> {
  /** Where the content comes from: the lock file of an environment is looked at before anything is deployed. Absent without one. */
  readonly source?: SourcePart;
  /** Must hold before the version may get any request. */
  readonly checks: VersionChecks;
  /** The project's folder, absolute: the golden requests are a file in it. */
  readonly projectDir: string;
}

/** What the engine keeps of it. */
export interface ModelServerState extends ModelServerInputs {
  /** The environment that it runs in, absolute. */
  readonly environment?: string;
  /** Unix socket it answers on, relative to the state folder. */
  readonly socket: string;
}

/** A process that answers for one version, kept alive by the supervisor; no request reaches it before its checks hold. */
export const modelServer: LocalKind<ModelServerInputs, ModelServerState> = {
  replaces: ["stateDir", "process", "model", "version", "content", "serve"],
  ignores: ["projectDir", "source"],
  nameOf: ({ process }) => process,
  upgrade: withContent,

  // The file of checks that passed before may have been removed since.
  check: async (_folder, news, olds) => [
    ...(await runtimeProblems(news)),
    ...(wasChecked(news, olds) ? [] : await checkGoldenFile(news)),
  ],

  async create(folder, inputs, known) {
    const before = readSpec(folder, inputs.process);
    const wanted: ModelServerInputs & ModelProcess = await withEnvironment(folder, inputs);
    await askFor(folder, wanted);
    try {
      await waitUntilReady(folder, wanted);
      if (!wasChecked(inputs, known)) await checkVersion(folder, socketPath(inputs.process), inputs);
    } catch (error) {
      // A process that serves already, asked for again under another name with checks that it fails, goes on serving.
      if (known === undefined) await end(folder, inputs);
      else if (before !== undefined) writeSpec(folder, before);
      throw error;
    }
    return { ...wanted, socket: socketPath(inputs.process) };
  },

  async read(folder, state) {
    if (readSpec(folder, state.process) === undefined) return undefined;
    await ensureSupervisor(folder);
    return state;
  },

  stands(folder, state) {
    const spec = readSpec(folder, state.process);
    if (state.environment !== undefined && !isWhole(state.environment)) return false;
    return spec !== undefined && isWanted(state, spec) && isServing(folder, spec);
  },

  async update(folder, news, olds) {
    if (!wasChecked(news, olds)) await checkVersion(folder, olds.socket, news);
    const { socket, environment } = olds;
    return { ...news, socket, ...(environment === undefined ? {} : { environment }) };
  },

  delete: end,
};

function wasChecked(news: ModelServerInputs, olds: ModelServerInputs | undefined): boolean {
  if (olds === undefined) return false;
  const { golden } = news.checks;
  // Version 0.1.0 kept the absolute path of the golden requests in the state.
  const absolute = golden === undefined ? {} : { golden: resolve(news.projectDir, golden) };
  return [news.checks, { ...news.checks, ...absolute }].some((checks) => isDeepStrictEqual(checks, olds.checks));
}

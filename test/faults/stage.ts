import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { claimHolder } from "../../components/host/claim.ts";
import { identify, isAlive, signalProcess } from "../../components/host/process-identity.ts";
import { readClaim } from "../../components/platforms/local/gateway/claim.ts";
import { openStateFolder, type StateFolder } from "../../components/platforms/local/state-folder/folder.ts";
import { findFolderProcesses } from "../../components/platforms/local/state-folder/folder-processes.ts";
import { directories, gatewayPaths } from "../../components/platforms/local/state-folder/paths.ts";
import { trainInto } from "../support/models.ts";
import { createProject, linesOf, type Project, type Run, repository } from "../support/project.ts";
import { type ReleaseSketch, releaseOf } from "../support/release.ts";
import { pidOf } from "../support/serving.ts";
import { type Customers, letCustomersIn } from "./customers.ts";

export const gatewayProcess = "gateway-sentiment";

export interface Command {
  readonly code: number;
  readonly stdout: string;
  readonly output: string;
}

/** A release as far as it differs from v1 and v2, deployed, without a rollout. */
export type Sketch = Partial<ReleaseSketch>;

export interface Started {
  readonly pid: number;
  readonly done: Promise<Command>;
}

/** A project on the real engine that serves the example's v1, with v2 at hand, under traffic from another process. */
export interface Stage extends AsyncDisposable {
  readonly project: Project;
  readonly folder: StateFolder;
  readonly pins: { readonly v1: string; readonly v2: string };
  /** Of v3-crash, which fails each request of these customers, and the like. */
  readonly otherPins: Readonly<Record<string, string>>;
  readonly customers: Customers;
  readonly url: string;
  configure(sketch?: Sketch): void;
  /** Configures and runs the engine's up, which must succeed. */
  given(sketch?: Sketch): Promise<void>;
  startMlc(...args: string[]): Started;
  mlc(...args: string[]): Promise<Command>;
}

/** v2 on trial. Its guard lets failures pass: a candidate that is killed is no reason to end these rollouts. */
export const rollout = (weight: string, attempt = "1"): object => ({
  ...{ candidate: "v2", weight, attempt },
  guards: [{ metric: "errorRate", margin: "90pp" }],
});

export interface StageOptions {
  /** What the first up serves; v1 and v2 without a rollout unless told. */
  readonly first?: (pins: Stage["pins"]) => Sketch;
  /** Done before the first up. */
  readonly prepare?: (project: Project) => void;
}

/** Without v2: what an up starts from that is to bring it. */
export const onlyV1 = ({ v1 }: { readonly v1: string }): Sketch => ({ pins: { v1 } });

export async function createStage(options: StageOptions = {}): Promise<Stage> {
  const project = await createProject();
  try {
    return await serve(project, options);
  } catch (error) {
    await project[Symbol.asyncDispose]();
    throw error;
  }
}

async function serve(project: Project, { first, prepare }: StageOptions): Promise<Stage> {
  const { v1 = "", v2 = "", ...others } = await trainInto(project.dir);
  const pins = { v1, v2 };
  prepare?.(project);
  const configure: Stage["configure"] = (sketch = {}) => project.configure(releaseOf({ pins, ...sketch }));
  const given: Stage["given"] = async (sketch) => {
    configure(sketch);
    const { code, output } = await project.up("--skip-preview");
    expect(code, output).toBe(0);
  };
  await given(first?.(pins));
  const folder = openStateFolder(project.stateDir);
  const url = `http://127.0.0.1:${claimOf(folder).port}`;
  const customers = await letCustomersIn(url);
  const startMlc: Stage["startMlc"] = (...args) => startCommand(project, args);
  return {
    ...{ project, folder, pins, otherPins: others, customers, url, configure, given, startMlc },
    mlc: (...args) => startMlc(...args).done,
    async [Symbol.asyncDispose]() {
      await customers.stop();
      // A test that failed may have left the lock of an engine that it killed.
      await project.pulumi("cancel", "--yes", "--stack", project.stack);
      await project[Symbol.asyncDispose]();
    },
  };
}

export function claimOf(folder: StateFolder): NonNullable<ReturnType<typeof readClaim>> {
  const claim = readClaim(folder.path(gatewayPaths("sentiment").gateway));
  if (claim === undefined) throw new Error("no gateway");
  return claim;
}

/** kill -9, and nothing else. The process is gone when this returns. */
export async function kill9(pid: number): Promise<void> {
  const identity = identify(pid);
  if (identity === undefined) throw new Error(`process ${pid} is gone already`);
  process.kill(pid, "SIGKILL");
  while (isAlive(identity)) await sleep(2);
}

export function supervisorOf(folder: StateFolder): number {
  const holder = claimHolder(folder.path(directories.supervisor));
  if (holder === undefined) throw new Error("no supervisor lives");
  return holder.pid;
}

const patienceMs = 60_000;

/** Waits until something is so. */
export async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await is())) {
    if (performance.now() > deadline) throw new Error(`it never became so: ${is}`);
    await sleep(5);
  }
}

/** Waits until a process of this name serves that is not the one that had this pid. */
export const untilReplaced = (folder: StateFolder, name: string, before: number): Promise<void> =>
  until(() => {
    try {
      return pidOf(folder.root, name) !== before && isReadyAgain(folder, name);
    } catch {
      return false;
    }
  });

const isReadyAgain = (folder: StateFolder, name: string): boolean =>
  findFolderProcesses(folder).some((each) => each.name === name && each.identity.pid === pidOf(folder.root, name));

/** Runs up until it succeeds, twice at most. */
export async function expectConvergence({ project }: Pick<Stage, "project">): Promise<Run> {
  const first = await project.up("--skip-preview");
  const last = first.code === 0 ? first : await project.up("--skip-preview");
  expect(last.code, `${first.output}\n${last.output}`).toBe(0);
  return last;
}

/** Sees that nothing is left to change, ends the traffic and takes everything down: no process, no file of one stays. */
export async function expectNothingLeft({ project, folder, customers }: Stage): Promise<void> {
  const preview = await project.preview();
  expect(preview.code, preview.output).toBe(0);
  expect(linesOf(preview)).toEqual([]);
  await customers.stop();
  const { code, output } = await project.destroy();
  expect(code, output).toBe(0);
  await until(() => findFolderProcesses(folder).length === 0);
  expect(readdirSync(folder.path(directories.servers))).toEqual([]);
  expect(readdirSync(folder.path(directories.processes))).toEqual([]);
  expect(readdirSync(folder.path(directories.artifacts))).toEqual([]);
}

function startCommand(project: Project, args: readonly string[]): Started {
  const cli = path.join(repository, "dist/stacks/cli/mlc.js");
  const child = spawn(process.execPath, [cli, ...args, "--stack", project.stack, "--cwd", project.dir], {
    cwd: project.dir,
    // What a command that is killed leaves behind goes with the project.
    env: { ...project.env, TMPDIR: project.dir },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const done = new Promise<Command>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, stdout, output }));
  });
  return { pid: child.pid ?? 0, done };
}

/** Ends everything of a folder at once, its supervisor too, as a reboot does. */
export async function endEverything(folder: StateFolder): Promise<void> {
  const all = () => [
    ...[claimHolder(folder.path(directories.supervisor))].filter((holder) => holder !== undefined),
    ...findFolderProcesses(folder).map(({ identity }) => identity),
  ];
  // One that lives a moment longer may start another supervisor.
  for (let found = all(); found.length > 0; found = all()) {
    for (const identity of found) signalProcess(identity, "SIGKILL");
    await sleep(10);
  }
}

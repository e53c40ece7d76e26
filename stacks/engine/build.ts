import { spawn } from "node:child_process";
import { access, constants, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type Claim, claimHolder, takeClaim } from "../../components/host/claim.ts";
import { messageOf } from "../../components/host/host-error.ts";
import { identify } from "../../components/host/process-identity.ts";
import { cachedEngine, type EngineCache, goModule, installLanguageHost } from "./cache.ts";
import { compareVersions, type Engine, inspect, run } from "./inspect.ts";
import { findOnPath } from "./installed.ts";

const PROGRESS_MILLISECONDS = 10_000;
const CLAIM_POLL_MILLISECONDS = 500;

/** What building an engine takes. */
export interface Build {
  readonly cache: EngineCache;
  readonly env: NodeJS.ProcessEnv;
  readonly progress: (line: string) => void;
}

/** Why there is no engine from a build. */
interface Refusal {
  readonly refused: string;
}

/** Builds the engine into the cache, or waits for the process that does; tells why if this machine cannot build. */
export async function buildEngine(build: Build): Promise<Engine | Refusal> {
  const go = await findGo(build);
  if ("refused" in go) return go;
  const { cache, env } = build;
  try {
    await mkdir(cache.root, { recursive: true });
    await access(cache.root, constants.W_OK);
  } catch (error) {
    return { refused: `${cache.root} cannot be written (${messageOf(error)})` };
  }
  const claim = await waitForClaim(build);
  try {
    return (await cachedEngine(cache, env)) ?? (await buildInto(build, go.path));
  } finally {
    claim.release();
  }
}

async function findGo({ env }: Build): Promise<{ readonly path: string } | Refusal> {
  if (process.platform === "win32") return { refused: "not offered on Windows" };
  const [path] = findOnPath("go", env);
  if (path === undefined) return { refused: "no go on PATH" };
  // In the module's folder, so that a Go that fetches newer toolchains by itself answers for the one it will use.
  const answer = await run(path, ["version"], env, goModule);
  if ("failed" in answer) return { refused: `${path} does not run (${answer.failed})` };
  const needed = await pinned(/^go (\S+)$/m);
  const version = /go(\d+\.\d+(?:\.\d+)?)/.exec(answer.output)?.[1] ?? "of unknown version";
  return compareVersions(version, needed) < 0 ? { refused: `${path} is ${version}, too old` } : { path };
}

async function waitForClaim({ cache, progress }: Build): Promise<Claim> {
  const clock = stopwatch();
  const directory = `${cache.directory}.lock`;
  const self = identify(process.pid);
  if (self === undefined) throw new Error(`process ${process.pid} is not found among those of this machine`);
  for (;;) {
    const claim = takeClaim(directory, self);
    if (claim !== undefined) return claim;
    const holder = claimHolder(directory);
    if (holder !== undefined && clock.due()) {
      progress(`Process ${holder.pid} is building the Pulumi engine; waiting (${clock.seconds()} s).`);
    }
    await sleep(CLAIM_POLL_MILLISECONDS);
  }
}

/** Runs under the claim. The engine's folder appears by one rename, complete, whatever happens to this process. */
async function buildInto({ cache, env, progress }: Build, go: string): Promise<Engine | Refusal> {
  await removeUnfinished(cache);
  const unfinished = await mkdtemp(`${cache.directory}.unfinished-`);
  try {
    const problem = await compile(go, unfinished, env, progress);
    if (problem !== undefined) return { refused: problem };
    await installLanguageHost(unfinished);
    const { version, refused } = await inspect(join(unfinished, "pulumi"), env);
    if (version === undefined) return { refused };
    await rm(cache.directory, { recursive: true, force: true });
    await rename(unfinished, cache.directory);
    return { path: cache.path, version, from: "build" };
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function removeUnfinished(cache: EngineCache): Promise<void> {
  const prefix = `${basename(cache.directory)}.unfinished-`;
  const names = await readdir(cache.root);
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    await rm(join(cache.root, name), { recursive: true, force: true });
  }
}

/** Runs `go build`; gives what it complained about if it fails. */
async function compile(
  go: string,
  directory: string,
  env: NodeJS.ProcessEnv,
  progress: (line: string) => void,
): Promise<string | undefined> {
  const version = await pinned(/github\.com\/pulumi\/pulumi\/sdk\/v3 (v\S+)/);
  progress(`No Pulumi CLI found: building ${version} from its Go modules. This happens once and takes 5 to 6 minutes.`);
  const child = spawn(go, buildArguments(version, directory), {
    cwd: goModule,
    // A go.work of a repository around this package is about other modules.
    env: { ...env, CGO_ENABLED: "0", GOWORK: "off" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const stop = () => child.kill();
  process.once("exit", stop);
  const clock = stopwatch();
  const seen = { downloads: 0, packages: 0 };
  const report = () => progress(`Building the Pulumi engine: ${clock.seconds()} s, ${stage(seen)}.`);
  const ticker = setInterval(report, PROGRESS_MILLISECONDS);
  try {
    const ended = new Promise<string | undefined>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("close", (code, signal) => resolve(code === 0 ? undefined : `exit ${code ?? signal}`));
    });
    const complaints: string[] = [];
    for await (const line of createInterface(child.stderr)) {
      if (line.startsWith("go: downloading ")) seen.downloads += 1;
      else if (isPackagePath(line)) seen.packages += 1;
      else complaints.push(line);
    }
    const problem = await ended;
    return problem && [`go build failed (${problem})`, ...complaints.slice(-20)].join("\n     ");
  } finally {
    clearInterval(ticker);
    process.off("exit", stop);
  }
}

/** `go build -v` prints each package it compiles on a line of its own. */
function isPackagePath(line: string): boolean {
  return /^[\w.~-]+(\/[\w.~-]+)*$/.test(line);
}

function buildArguments(version: string, directory: string): readonly string[] {
  const stamp = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
  return [
    ...["build", "-v", "-mod=readonly", "-trimpath"],
    ...["-tags", "osusergo grpcnotrace"],
    ...["-ldflags", `-w -s ${stamp}`],
    ...["-o", join(directory, "pulumi")],
    "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  ];
}

function stage(seen: { readonly downloads: number; readonly packages: number }): string {
  return seen.packages > 0 ? `${seen.packages} packages compiled` : `${seen.downloads} modules downloaded`;
}

/** What go.mod pins, so that no version is written twice. */
async function pinned(pattern: RegExp): Promise<string> {
  const found = pattern.exec(await readFile(join(goModule, "go.mod"), "utf8"))?.[1];
  if (found === undefined) throw new Error(`${goModule}/go.mod does not match ${pattern}`);
  return found;
}

/** Counts seconds; something is due to be said at the first question and then every ten seconds. */
function stopwatch(): { seconds(): number; due(): boolean } {
  const start = performance.now();
  let next = start;
  return {
    seconds: () => Math.round((performance.now() - start) / 1000),
    due: () => {
      if (performance.now() < next) return false;
      next = performance.now() + PROGRESS_MILLISECONDS;
      return true;
    },
  };
}

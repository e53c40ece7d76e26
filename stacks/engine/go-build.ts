import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { compareVersions, run } from "./inspect.ts";
import { findOnPath } from "./installed.ts";
import type { NotMade } from "./once.ts";
import { PROGRESS_MILLISECONDS, stopwatch } from "./stopwatch.ts";

/** One run of `go build`. */
export interface GoBuild {
  /** The `go` executable. */
  readonly go: string;
  /** Folder of the go.mod that pins everything. */
  readonly module: string;
  /** What follows `go build -v -mod=readonly -trimpath`: flags, output and packages. */
  readonly args: readonly string[];
  /** What is built, as a noun: "the Pulumi engine". */
  readonly what: string;
  readonly env: NodeJS.ProcessEnv;
  /** Hears one line of text every ten seconds. */
  readonly progress: (line: string) => void;
}

/** The `go` on PATH that can build the module in this folder. */
export async function findGo(module: string, env: NodeJS.ProcessEnv): Promise<{ readonly path: string } | NotMade> {
  if (process.platform === "win32") return { refused: "not offered on Windows" };
  const [path] = findOnPath("go", env);
  if (path === undefined) return { refused: "no go on PATH" };
  // In the module's folder, so that a Go that fetches newer toolchains by itself answers for the one it will use.
  const answer = await run(path, ["version"], env, module);
  if ("failed" in answer) return { refused: `${path} does not run (${answer.failed})` };
  const needed = await pinned(module, /^go (\S+)$/m);
  const version = /go(\d+\.\d+(?:\.\d+)?)/.exec(answer.output)?.[1] ?? "of unknown version";
  return compareVersions(version, needed) < 0 ? { refused: `${path} is ${version}, too old` } : { path };
}

/** What the go.mod in this folder pins, so that no version is written twice. */
export async function pinned(module: string, pattern: RegExp): Promise<string> {
  const found = pattern.exec(await readFile(join(module, "go.mod"), "utf8"))?.[1];
  if (found === undefined) throw new Error(`${module}/go.mod does not match ${pattern}`);
  return found;
}

/** Runs `go build`; gives what it complained about if it fails. */
export async function goBuild({ go, module, args, what, env, progress }: GoBuild): Promise<string | undefined> {
  const child = spawn(go, ["build", "-v", "-mod=readonly", "-trimpath", ...args], {
    cwd: module,
    // A go.work of a repository around this package is about other modules.
    env: { ...env, CGO_ENABLED: "0", GOWORK: "off" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const stop = () => child.kill();
  process.once("exit", stop);
  const clock = stopwatch();
  const seen = { downloads: 0, packages: 0 };
  const report = () => progress(`Building ${what}: ${clock.seconds()} s, ${stage(seen)}.`);
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

function stage(seen: { readonly downloads: number; readonly packages: number }): string {
  return seen.packages > 0 ? `${seen.packages} packages compiled` : `${seen.downloads} modules downloaded`;
}

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeAtomic } from "../../../host/atomic-file.ts";
import { cacheFolder } from "../../../host/cache-folder.ts";
import { claimInTurn } from "../../../host/claim.ts";
import { errorCode } from "../../../host/host-error.ts";

/** What an environment is built from. */
export interface EnvironmentInputs {
  /** The version of Python, with two parts. */
  readonly version: string;
  /** The lock file, absolute. */
  readonly lock: string;
  /** Where environments are kept. @default `${XDG_CACHE_HOME:-~/.cache}/model-lifecycle/environments` */
  readonly store?: string;
}

/** Says that an environment is whole. */
const wholeFile = ".whole";
const BUILT_WITHIN_MS = 30 * 60_000;
const TAIL_LINES = 12;
const run = promisify(execFile);

/**
 * The folder of the environment that a lock file describes. One that was built before is used as it is, without the
 * network; of two callers at once one builds, and the other waits.
 * @throws Error when there is no such Python, or with the last lines of what could not install the packages
 */
export async function ensureEnvironment({
  version,
  lock,
  store = cacheFolder(process.env, "environments"),
}: EnvironmentInputs): Promise<string> {
  const python = await findPython(version);
  // Other bytes are another environment, and so is another interpreter or machine type.
  const facts = [python.facts, readFileSync(lock, "utf8")];
  const key = createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 32);
  const folder = join(store, key);
  if (isWhole(folder)) return folder;
  const claim = await claimInTurn(join(store, `${key}.claim`), { everyMs: 200 });
  try {
    if (!isWhole(folder)) await build(folder, python.program, lock);
  } finally {
    claim.release();
  }
  return folder;
}

/** True for one that was built to its end. */
export const isWhole = (folder: string): boolean => existsSync(join(folder, wholeFile));

interface Python {
  readonly program: string;
  /** Its exact version, implementation and machine. */
  readonly facts: string;
}

const describe =
  "import sys, sysconfig, platform; print('%d.%d' % sys.version_info[:2], platform.python_version(), sys.implementation.cache_tag, sysconfig.get_platform())";

async function findPython(version: string): Promise<Python> {
  for (const program of [`python${version}`, "python3"]) {
    try {
      const { stdout } = await run(program, ["-c", describe]);
      const facts = stdout.trim();
      if (facts.startsWith(`${version} `)) return { program, facts };
    } catch {
      // Not there, or a shim of a version that is not installed.
    }
  }
  throw new Error(
    `serve.python.version: seen no Python ${version} on PATH; allowed: a program python${version} there. Install it, or name a version that is there.`,
  );
}

async function build(folder: string, python: string, lock: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const own = join(folder, "bin", "python");
  // Wheels only: another form runs code of its own while it is installed. The hashes stand in the file.
  const install = ["--require-hashes", "--only-binary", ":all:", "-r", lock];
  if (await hasUv()) {
    await step("uv", ["venv", "--allow-existing", "--python", python, folder]);
    await step("uv", ["pip", "install", "--python", own, ...install]);
  } else {
    await step(python, ["-m", "venv", folder]);
    await step(own, ["-m", "pip", "install", "--no-input", "--disable-pip-version-check", ...install]);
  }
  writeAtomic(join(folder, wholeFile), "");
}

async function hasUv(): Promise<boolean> {
  try {
    await run("uv", ["--version"]);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

async function step(program: string, args: readonly string[]): Promise<void> {
  try {
    await run(program, args, { timeout: BUILT_WITHIN_MS, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    const tail = said.split("\n").slice(-TAIL_LINES).join("\n");
    throw new Error(`the environment of the lock file cannot be built; the last lines of ${program}:\n${tail}`, {
      cause: error,
    });
  }
}

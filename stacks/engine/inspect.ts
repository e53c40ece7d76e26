import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { messageOf } from "../../components/host/host-error.ts";

const execute = promisify(execFile);

/** A Pulumi CLI that was run once and answered with a version this library can use. */
export interface Engine {
  /** Absolute path of the `pulumi` executable. */
  readonly path: string;
  /** Its version, without the leading `v`, such as `3.259.0`. */
  readonly version: string;
  /**
   * How it was had: found on PATH, among the downloads below PULUMI_HOME, in this library's own cache of built engines,
   * or built just now.
   */
  readonly from: "path" | "pulumi-home" | "cache" | "build";
}

/** The oldest CLI that runs resource hooks and path plugins as this library uses them. */
export const minimumVersion = "3.249.0";

/** Long enough for a first start from a cold disk, short enough for a launcher that tries to download and cannot. */
const TIMEOUT_MILLISECONDS = 60_000;

/** What running `pulumi version` told: a usable version, or why this executable is passed over. */
export type Inspection =
  | { readonly version: string; readonly refused?: never }
  | { readonly version?: never; readonly refused: string };

/** Runs `pulumi version`; nothing is written, asked or downloaded. */
export async function inspect(path: string, env: NodeJS.ProcessEnv): Promise<Inspection> {
  const answer = await run(path, ["version"], { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" });
  if ("failed" in answer) return { refused: `${path} does not run (${answer.failed})` };
  const version = /^v?(\d+\.\d+\.\d+\S*)/.exec(answer.output.trim())?.[1];
  if (version === undefined) return { refused: `${path} does not tell its version` };
  if (compareVersions(version, minimumVersion) < 0) return { refused: `${path} is ${version}, too old` };
  return { version };
}

/** Runs a program to its end and gives what it printed on stdout, or in one line why it failed. */
export async function run(
  path: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd?: string,
): Promise<{ readonly output: string } | { readonly failed: string }> {
  try {
    const { stdout } = await execute(path, args, { env, cwd, timeout: TIMEOUT_MILLISECONDS });
    return { output: stdout };
  } catch (error) {
    return { failed: firstLineOf(error) };
  }
}

/** What the program complained about, or else why the system could not run it. */
function firstLineOf(error: unknown): string {
  const complaint = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  return (complaint || messageOf(error)).split("\n", 1).join();
}

/** Orders `major.minor.patch` by number; what follows the patch number is ignored. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  return left.map((number, index) => number - (right[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

function numbersOf(version: string): readonly number[] {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0), Number(match?.[3] ?? 0)];
}

import { execFileSync } from "node:child_process";
import { basename, dirname } from "node:path";
import type { ResolvedRelease } from "../../../components/release/index.ts";
import { examineRelease } from "../../../components/release/release.ts";
import { usageFailure } from "../failure.ts";
import { releaseIn } from "../stack-file.ts";

/** A stack's file as it was where a branch began. */
export interface Base {
  /** The commit. */
  readonly commit: string;
  /** Empty where there was no such file. */
  readonly text: string;
  /** Absent where there was none, or none that makes sense. */
  readonly release?: ResolvedRelease;
}

/** The stack's file at the commit from which this branch left another. @throws Failure (2) when git cannot tell */
export function readBase(stackFile: string, ref: string): Base {
  const folder = dirname(stackFile);
  const commit = git(folder, ["merge-base", ref, "HEAD"]);
  if (commit === undefined) {
    throw usageFailure(
      `--base: seen "${ref}"; allowed is a branch or commit that git knows in ${folder}. In CI, fetch it: actions/checkout with fetch-depth: 0.`,
    );
  }
  const text = git(folder, ["show", `${commit.trim()}:./${basename(stackFile)}`]) ?? "";
  const release = text === "" ? undefined : releaseOf(stackFile, text);
  return { commit: commit.trim(), text, ...(release !== undefined && { release }) };
}

function releaseOf(stackFile: string, text: string): ResolvedRelease | undefined {
  const examined = examineRelease(releaseIn(stackFile, text));
  return examined.problems === undefined ? examined.release : undefined;
}

function git(folder: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}

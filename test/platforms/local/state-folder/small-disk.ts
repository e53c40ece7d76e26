import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "vitest";

/**
 * A disk of this many kilobytes; undefined where this user may mount none.
 * @param at where it is mounted; made when it is not there. @default a folder of its own
 */
export function mountDisk(kilobytes: number, at?: string): string | undefined {
  const directory = at ?? mkdtempSync(join(tmpdir(), "mlc-disk-"));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k,mode=0700`, "tmpfs", directory], { stdio: "pipe" });
    return directory;
  } catch {
    rmdirSync(directory);
    return undefined;
  }
}

export function unmountDisk(directory: string): void {
  execFileSync("umount", ["--lazy", directory]);
  rmdirSync(directory);
}

export function mayMountDisk(): boolean {
  const directory = mountDisk(16);
  if (directory !== undefined) unmountDisk(directory);
  return directory !== undefined;
}

/** The same for one test; where nobody may mount one, the test is skipped and says so. */
export function mountSmallDisk(context: TestContext, kilobytes: number): string {
  const directory = mountDisk(kilobytes);
  if (directory === undefined) {
    warnNotTested(context.task.name);
    context.skip("no tmpfs can be mounted");
  }
  context.onTestFinished(() => unmountDisk(directory));
  return directory;
}

export const warnNotTested = (what: string): void =>
  console.warn(`NOT TESTED on a full disk, as this machine mounts no tmpfs for this user: ${what}`);

const ballast = (directory: string): string => join(directory, "ballast");

/** Takes all the space that is left. */
export function fillDisk(directory: string): void {
  try {
    writeFileSync(ballast(directory), Buffer.alloc(8_000_000));
  } catch (error) {
    if (error instanceof Error && error.message.includes("ENOSPC")) return;
    throw error;
  }
  throw new Error(`${directory} is no small disk`);
}

/** Gives back what `fillDisk` took. */
export const freeDisk = (directory: string): void => rmSync(ballast(directory));

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "vitest";

/** A disk of this many kilobytes, for one test; where nobody may mount one, the test is skipped and says so. */
export function mountSmallDisk(context: TestContext, kilobytes: number): string {
  const directory = mkdtempSync(join(tmpdir(), "mlc-disk-"));
  context.onTestFinished(() => rmdirSync(directory));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", directory], { stdio: "pipe" });
  } catch {
    console.warn(`NOT TESTED on a full disk, as this machine mounts no tmpfs for this user: ${context.task.name}`);
    context.skip("no tmpfs can be mounted");
  }
  context.onTestFinished(() => {
    execFileSync("umount", ["--lazy", directory]);
  });
  return directory;
}

/** Takes all the space that is left. */
export function fillDisk(directory: string): void {
  try {
    writeFileSync(join(directory, "ballast"), Buffer.alloc(8_000_000));
  } catch (error) {
    if (error instanceof Error && error.message.includes("ENOSPC")) return;
    throw error;
  }
  throw new Error(`${directory} is no small disk`);
}

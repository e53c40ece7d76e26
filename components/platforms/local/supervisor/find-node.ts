import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * The Node to run a process with: the one that is asked for; when it was removed, the one that runs this; when that was
 * removed as well, the first on PATH that is no older.
 */
export function findNode(asked?: string): string {
  const given = [asked, process.execPath].find((path) => path !== undefined && existsSync(path));
  // Without any, the attempt to start says which one is missing.
  return given ?? onPath().find(isNewEnough) ?? process.execPath;
}

const onPath = (): readonly string[] =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "node"))
    .filter((path) => existsSync(path));

function isNewEnough(path: string): boolean {
  try {
    const version = execFileSync(path, ["--version"], {
      encoding: "utf8",
      timeout: 5_000,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return majorOf(version) >= majorOf(process.version);
  } catch {
    return false;
  }
}

const majorOf = (version: string): number => Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);

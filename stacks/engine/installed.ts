import { accessSync, constants, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { compareVersions } from "./inspect.ts";

const executable = process.platform === "win32" ? "pulumi.exe" : "pulumi";

/** Every `pulumi` on PATH, in PATH's order: behind a launcher that cannot download there may be a real one. */
export function onPath(env: NodeJS.ProcessEnv): readonly string[] {
  return findOnPath(executable, env);
}

/** The CLIs that the npm package `pulumi` and the Automation API downloaded, newest first. */
export async function underPulumiHome(pulumiHome: string): Promise<readonly string[]> {
  const versions = join(pulumiHome, "versions");
  const names = await readdir(versions).catch(() => []);
  return names
    .toSorted((a, b) => compareVersions(b, a))
    .map((name) => join(versions, name, "bin", executable))
    .filter(isExecutable);
}

/** Every executable of that name on PATH, in PATH's order, each once. */
export function findOnPath(name: string, env: NodeJS.ProcessEnv): readonly string[] {
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...new Set(folders.map((folder) => resolve(folder, name)))].filter(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

import { readFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { findGo, goBuild } from "../../../stacks/engine/go-build.ts";
import type { Filling } from "./groups.ts";

/** A go.mod of this repository whose `tool` lines name programs of other modules. */
export interface Tools {
  /** Folder of the go.mod and go.sum. */
  readonly module: string;
  /** More flags of the linker. */
  readonly flags: string;
  /** Programs whose last path element says little: what go calls them, and what they are called here. */
  readonly renamed: Readonly<Record<string, string>>;
}

/** Builds every program that the go.mod names. */
export const fromTools =
  ({ module, flags, renamed }: Tools) =>
  async ({ folder, what, env, progress }: Filling): Promise<string | undefined> => {
    const go = await findGo(module, env);
    if ("refused" in go) return go.refused;
    const args = ["-ldflags", `-s -w ${flags}`, "-o", `${folder}/`, ...toolsOf(module)];
    const problem = await goBuild({ go: go.path, module, args, what, env, progress });
    if (problem !== undefined) return problem;
    for (const [from, to] of Object.entries(renamed)) await rename(join(folder, from), join(folder, to));
    return undefined;
  };

function toolsOf(module: string): readonly string[] {
  const [, block = ""] = /^tool \(([^)]*)\)/m.exec(readFileSync(join(module, "go.mod"), "utf8")) ?? [];
  return block
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

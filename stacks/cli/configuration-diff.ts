import { basename } from "node:path";
import { createTwoFilesPatch } from "diff";
import type { Paint } from "./terminal.ts";

/** A unified diff of a stack's configuration file; empty when nothing differs. */
export function renderDiff(path: string, before: string, after: string): string {
  if (before === after) return "";
  const name = basename(path);
  const patch = createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, { context: 3 });
  return patch.replace(/^=+\n/, "").trimEnd();
}

/** A unified diff with its added and removed lines in colour. */
export const paintDiff = (diff: string, paint: Paint): string =>
  diff
    .split("\n")
    .map((line) => {
      if (line.startsWith("---") || line.startsWith("+++")) return paint("bold", line);
      if (line.startsWith("@@")) return paint("cyan", line);
      if (line.startsWith("+")) return paint("green", line);
      return line.startsWith("-") ? paint("red", line) : line;
    })
    .join("\n");

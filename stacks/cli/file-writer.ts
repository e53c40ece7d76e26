import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeAtomic } from "../../components/host/atomic-file.ts";
import type { Terminal } from "./terminal.ts";

/** Writes new files below a folder; what exists stays as it is. */
export interface FileWriter {
  /** Paths that were written. */
  readonly written: string[];
  /** Paths that were there already. */
  readonly existing: string[];
  readonly write: (files: Readonly<Record<string, string>>) => void;
}

/** @param root the folder that paths are relative to */
export function createWriter(root: string): FileWriter {
  const written: string[] = [];
  const existing: string[] = [];
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [path, content] of Object.entries(files)) {
      if (existsSync(join(root, path))) {
        existing.push(path);
        continue;
      }
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content, { flag: "wx" });
      written.push(path);
    }
  };
  return { written, existing, write };
}

/** Writes a file whatever stands there, as somebody has asked for, and says so. */
export function replaceFile(terminal: Terminal, path: string, content: string): void {
  writeAtomic(path, content);
  terminal.say(`${terminal.paint("green", "✓")} ${path}`);
}

/** Says what became of each file. */
export function sayWritten(terminal: Terminal, { written, existing }: Pick<FileWriter, "written" | "existing">): void {
  for (const path of written) terminal.say(`${terminal.paint("green", "written")}  ${path}`);
  for (const path of existing) terminal.say(`${terminal.paint("yellow", "exists")}   ${path}, left as it is`);
}

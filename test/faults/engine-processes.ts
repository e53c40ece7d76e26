import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Project } from "../support/project.ts";

export interface EngineProcess {
  readonly pid: number;
  readonly command: string;
}

/** What the engine runs for this project and no other: itself, its plugins, the program. */
export function findEngineProcesses({ env }: Project): readonly EngineProcess[] {
  const mark = `PULUMI_HOME=${env.PULUMI_HOME}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const marked = wordsOf(pid, "environ").includes(mark);
      const command = marked ? wordsOf(pid, "cmdline").join(" ").trim() : "";
      return command === "" ? [] : [{ pid: Number(pid), command }];
    });
}

export const isEngine = ({ command }: EngineProcess): boolean => /^\S*\/pulumi (?:up|destroy) /.test(command);

export const isProvider = ({ command }: EngineProcess): boolean => command.includes("platforms/local/provider");

/** Waits until the engine runs such a process, which it must within its run. */
export async function untilRuns(project: Project, is: (process: EngineProcess) => boolean): Promise<number> {
  for (;;) {
    const found = findEngineProcesses(project).find(is);
    if (found !== undefined) return found.pid;
    await sleep(5);
  }
}

function wordsOf(pid: string, file: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0");
  } catch {
    // It ended just now.
    return [];
  }
}

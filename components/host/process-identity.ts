import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { errorCode } from "./host-error.ts";

/** One process and no later one: a pid alone is given to another process sooner or later. */
export interface ProcessIdentity {
  /** Its number, as long as it lives. */
  readonly pid: number;
  /** Linux: clock ticks since boot, field 22 of /proc/<pid>/stat (proc(5)); elsewhere the start time that ps prints. */
  readonly startTime: string;
  /** Linux: changes with every boot, as the ticks begin again; elsewhere empty, as the start time is a date. */
  readonly bootId: string;
}

/** The shape of an identity in a file. */
export const processIdentitySchema: z.ZodType<ProcessIdentity> = z.object({
  pid: z.int().positive(),
  startTime: z.string(),
  bootId: z.string(),
});

/** The process that has this pid now; undefined when there is none, or only a zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  const facts = process.platform === "linux" ? readProc(pid) : readPs(pid);
  if (facts === undefined || facts.dead) return undefined;
  return { pid, startTime: facts.startTime, bootId: readBootId() };
}

/** True when both name the same process; a later one with the same pid is another. */
export function isSameProcess(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.pid === other.pid && one.startTime === other.startTime && one.bootId === other.bootId;
}

/** True while this very process runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== undefined && isSameProcess(now, identity);
}

/** How a process is ended. */
export interface StopOptions {
  /** Between the request to end (SIGTERM) and the end by force (SIGKILL), in milliseconds. */
  readonly graceMs: number;
}

/** Ends a process and its process group, by force after the grace; never another process that has the same pid by now. */
export async function stopProcess(
  identity: ProcessIdentity,
  options: StopOptions,
): Promise<"alreadyGone" | "stopped" | "killed"> {
  if (!signalProcess(identity, "SIGTERM")) return "alreadyGone";
  if (await isGoneWithin(identity, options.graceMs)) return "stopped";
  if (!signalProcess(identity, "SIGKILL")) return "stopped";
  if (await isGoneWithin(identity, 10_000)) return "killed";
  throw new Error(
    `process ${identity.pid} does not end, not even by SIGKILL: it waits in the kernel, see \`ps -o stat,wchan -p ${identity.pid}\``,
  );
}

/** Signals a process, and its group when it leads one. @returns false when the process is gone */
export function signalProcess(identity: ProcessIdentity, signal: "SIGTERM" | "SIGKILL"): boolean {
  if (!isAlive(identity)) return false;
  const target = leadsItsGroup(identity.pid) ? -identity.pid : identity.pid;
  try {
    return process.kill(target, signal);
  } catch (error) {
    if (errorCode(error) === "ESRCH") return false;
    throw error;
  }
}

async function isGoneWithin(identity: ProcessIdentity, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (isAlive(identity)) {
    if (performance.now() >= deadline) return false;
    await sleep(20);
  }
  return true;
}

/**
 * What a process does; undefined when it is gone. `wantsToRun`: it is on a processor, or waits for one. `used`: its
 * processor time so far, a text to compare with an earlier one.
 */
export function readActivity(pid: number): { readonly wantsToRun: boolean; readonly used: string } | undefined {
  const facts = process.platform === "linux" ? readProc(pid) : readPs(pid);
  return facts === undefined || facts.dead ? undefined : { wantsToRun: facts.runs, used: facts.used };
}

interface ProcessFacts {
  readonly dead: boolean;
  /** On a processor, or waiting for one. */
  readonly runs: boolean;
  /** Processor time so far: clock ticks, or what ps prints. */
  readonly used: string;
  readonly group: number;
  readonly startTime: string;
}

function leadsItsGroup(pid: number): boolean {
  const facts = process.platform === "linux" ? readProc(pid) : readPs(pid);
  return facts?.group === pid;
}

function readProc(pid: number): ProcessFacts | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The second field is the command in parentheses, and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, , group] = fields;
  const [used, startTime] = [`${fields[11]}+${fields[12]}`, fields[19]];
  if (state === undefined || startTime === undefined) return undefined;
  return { dead: state === "Z" || state === "X", runs: state === "R", used, group: Number(group), startTime };
}

/** The same facts where there is no /proc: slower, as it starts a process. */
export function readPs(pid: number): ProcessFacts | undefined {
  let line: string;
  try {
    line = execFileSync("ps", ["-o", "stat=,pgid=,time=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined;
  }
  const [state = "", group = "", used = "", ...start] = line.split(/\s+/);
  return {
    dead: state.startsWith("Z"),
    runs: state.startsWith("R"),
    used,
    group: Number(group),
    startTime: start.join(" "),
  };
}

let bootId: string | undefined;

// It cannot change while this process lives.
function readBootId(): string {
  bootId ??= process.platform === "linux" ? readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim() : "";
  return bootId;
}

import { existsSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { readJson, writeJsonAtomic } from "../../../host/atomic-file.ts";
import { isAlive, type ProcessIdentity, processIdentitySchema } from "../../../host/process-identity.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { logPath, specPath, statusPath, supervisorLogPath } from "../state-folder/paths.ts";
import { ensureSupervisor, isSupervised } from "./ensure.ts";
import { readLogTail } from "./process-log.ts";
import { graceMs } from "./reconcile.ts";

/** A process that the supervisor of a state folder keeps alive: `processes/<name>.json`. */
export interface ProcessSpec {
  readonly name: string;
  /** A UUID. Another one replaces the process: the new one is ready before the old one is asked to end. */
  readonly instance: string;
  /** Absolute path of a .js or .ts file; Node runs it with the state folder as working directory. */
  readonly script: string;
  /** The Node that runs it, absolute. @default the one that runs the supervisor */
  readonly node?: string;
  readonly args: readonly string[];
  /** Beside PATH, HOME, LANG and TZ of whoever started the supervisor. */
  readonly env: Readonly<Record<string, string>>;
  /** Ready is who answers a GET of `path` with 200 and a JSON object whose `instance` is the one above. */
  readonly ready: ReadyProbe;
  /** How the process is asked, on its ready port, to start its successor itself. @default - it is started beside it */
  readonly succession?: Succession;
}

/** How a process is asked to start the one that takes its place. */
export interface Succession {
  /** A POST there, without a body, is answered with `{"pid": …}`. */
  readonly path: string;
  /** File with the bearer token, relative to the state folder. */
  readonly token: string;
}

/** Where a process is asked whether it is ready. */
export type ReadyProbe =
  /** Path of a Unix socket, relative to the state folder. */
  | { readonly socket: string; readonly path: string }
  /** A port of 127.0.0.1. */
  | { readonly port: number; readonly path: string };

/** The exit code by which a process says that somebody else has its port. */
export const portTakenExitCode = 98;

/** The exit code by which a process says that it took its whole time, or that what it needs is not there: trying again soon is of no use. */
export const hopelessExitCode = 97;

/** What the supervisor says of a process: `processes/<name>.status.json`. */
export interface ProcessStatus {
  readonly name: string;
  /** The instance that was wanted when this was written. */
  readonly instance: string;
  /** `failing` and `portTaken`: it ended before it was ready, and is started again from time to time. */
  readonly state: "starting" | "ready" | "failing" | "portTaken" | "stopping";
  /** Everything of this name that lives: also the one that still serves while its successor starts. */
  readonly processes: readonly SupervisedProcess[];
  /** Starts of this instance beyond the first. */
  readonly restarts: number;
  /** Ends of this instance since it was last ready. */
  readonly failures: number;
  readonly lastExit?: ProcessExit;
  /** RFC 3339. */
  readonly at: string;
}

/** A process that lives, as its status tells it. */
export interface SupervisedProcess {
  readonly instance: string;
  readonly identity: ProcessIdentity;
  /** RFC 3339, as the next two. */
  readonly startedAt: string;
  readonly readyAt?: string;
  readonly stoppingAt?: string;
}

/** How a process ended. */
export interface ProcessExit {
  readonly at: string;
  /** Absent when a signal ended it, or when an earlier supervisor had started it. */
  readonly code?: number;
  readonly signal?: string;
  /** It did not answer any more and was ended for that. */
  readonly hung?: true;
  /** The last lines that it wrote. */
  readonly log: readonly string[];
}

const readyProbeSchema = z.union([
  z.object({ socket: z.string().min(1), path: z.string().startsWith("/") }),
  z.object({ port: z.int().min(1).max(65_535), path: z.string().startsWith("/") }),
]);

/** What a spec file has to hold. */
export const processSpecSchema: z.ZodType<ProcessSpec> = z.object({
  name: z.string().min(1),
  instance: z.string().min(1),
  script: z.string().min(1),
  node: z.string().min(1).exactOptional(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  ready: readyProbeSchema,
  succession: z.object({ path: z.string().startsWith("/"), token: z.string().min(1) }).exactOptional(),
});

const processStatusSchema: z.ZodType<ProcessStatus> = z.object({
  name: z.string(),
  instance: z.string(),
  state: z.enum(["starting", "ready", "failing", "portTaken", "stopping"]),
  processes: z.array(
    z.object({
      instance: z.string(),
      identity: processIdentitySchema,
      startedAt: z.string(),
      readyAt: z.string().exactOptional(),
      stoppingAt: z.string().exactOptional(),
    }),
  ),
  restarts: z.int(),
  failures: z.int(),
  lastExit: z
    .object({
      at: z.string(),
      code: z.int().exactOptional(),
      signal: z.string().exactOptional(),
      hung: z.literal(true).exactOptional(),
      log: z.array(z.string()),
    })
    .exactOptional(),
  at: z.string(),
});

/** Asks for a process, or for another instance of it. Writing the same again changes nothing. */
export function writeSpec(folder: StateFolder, spec: ProcessSpec): void {
  if (isDeepStrictEqual(readSpec(folder, spec.name), spec)) return;
  writeJsonAtomic(folder.path(specPath(spec.name)), spec);
}

/** True when this is the process that is wanted, be it started from another checkout or by another Node, and can be started again. */
export const isSameWish = (spec: ProcessSpec, wanted: ProcessSpec): boolean =>
  [spec.script, spec.node ?? spec.script].every((path) => existsSync(path)) &&
  isDeepStrictEqual({ ...spec, script: "", node: "" }, { ...wanted, script: "", node: "" });

/** Asks for the end of a process. Removing what is not there changes nothing. */
export function removeSpec(folder: StateFolder, name: string): void {
  rmSync(folder.path(specPath(name)), { force: true });
}

/** What is asked for under a name; undefined when nothing is, or it cannot be read. */
export const readSpec = (folder: StateFolder, name: string): ProcessSpec | undefined =>
  readJson(folder.path(specPath(name)), processSpecSchema);

/** What the supervisor last said; undefined when it has not seen the process, or the process is gone. */
export const readStatus = (folder: StateFolder, name: string): ProcessStatus | undefined =>
  readJson(folder.path(statusPath(name)), processStatusSchema);

/** A cheap look: what is asked for is there, was ready, and is watched over. */
export function isServing(folder: StateFolder, { name, instance }: ProcessSpec): boolean {
  const status = readStatus(folder, name);
  return isSupervised(folder) && status?.instance === instance && serves(status);
}

/** How long to wait for a process, in ms. */
export interface WaitOptions {
  readonly timeoutMs: number;
}

/** A process that does not get ready: the message holds its exit code and its last log lines. */
export class ProcessNotReady extends Error {
  readonly status: ProcessStatus | undefined;

  constructor(message: string, status: ProcessStatus | undefined) {
    super(message);
    this.name = "ProcessNotReady";
    this.status = status;
  }
}

/** So many ends before it was ready, one after the other, and waiting longer is of no use. */
const hopelessFailures = 3;

/**
 * Waits until the process that was asked for serves, and sees to it that a supervisor lives.
 * @throws ProcessNotReady when it ended three times without being ready, or once for good, or the time is over.
 */
export async function waitReady(folder: StateFolder, name: string, options: WaitOptions): Promise<ProcessStatus> {
  const instance = readSpec(folder, name)?.instance;
  if (instance === undefined) throw new ProcessNotReady(`${name}: no such process was asked for`, undefined);
  const began = new Date().toISOString();
  const current = (): ProcessStatus | undefined => {
    const status = readStatus(folder, name);
    return status?.instance === instance ? status : undefined;
  };
  const settled = await poll(folder, options, () => {
    const status = current();
    if (status === undefined) return undefined;
    if (serves(status)) return status;
    const failedAgain = status.lastExit !== undefined && status.lastExit.at >= began;
    const isHopeless = status.failures >= hopelessFailures || status.lastExit?.code === hopelessExitCode;
    return isHopeless && failedAgain ? status : undefined;
  });
  if (settled !== undefined && serves(settled)) return settled;
  throw new ProcessNotReady(describeFailure(folder, name, settled ?? current(), options), settled ?? current());
}

/**
 * Waits until nothing of this name lives and the supervisor has forgotten it.
 * @throws ProcessNotReady when the time is over.
 */
export async function waitGone(
  folder: StateFolder,
  name: string,
  options: WaitOptions = { timeoutMs: graceMs + 5_000 },
): Promise<void> {
  const gone = await poll(folder, options, () => (readStatus(folder, name) === undefined ? true : undefined));
  if (gone) return;
  const status = readStatus(folder, name);
  const pids = status?.processes.map(({ identity }) => identity.pid).join(", ");
  throw new ProcessNotReady(`${name}: still there after ${options.timeoutMs} ms (pid ${pids})`, status);
}

// What a status says may be older than the death of its supervisor, and of everything else at a reboot.
const serves = ({ state, instance, processes }: ProcessStatus): boolean =>
  state === "ready" && processes.some((each) => each.instance === instance && isAlive(each.identity));

async function poll<Result>(
  folder: StateFolder,
  options: WaitOptions,
  look: () => Result | undefined,
): Promise<Result | undefined> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const result = look();
    if (result !== undefined) return result;
    if (performance.now() >= deadline) return undefined;
    await ensureSupervisor(folder);
    await sleep(25);
  }
}

function describeFailure(
  folder: StateFolder,
  name: string,
  status: ProcessStatus | undefined,
  options: WaitOptions,
): string {
  if (status === undefined)
    return [
      `${name}: the supervisor has not started it within ${options.timeoutMs} ms; the end of ${folder.path(supervisorLogPath)}:`,
      ...readLogTail(folder.path(supervisorLogPath)),
    ].join("\n");
  const { lastExit } = status;
  if (lastExit === undefined)
    return [
      `${name}: not ready within ${options.timeoutMs} ms, though it runs; the end of ${folder.path(logPath(name))}:`,
      ...readLogTail(folder.path(logPath(name))),
    ].join("\n");
  const cause =
    lastExit.signal ?? (lastExit.code === undefined ? "an unknown exit code" : `exit code ${lastExit.code}`);
  const what = status.state === "portTaken" ? "its port is taken by another process" : "it ends before it is ready";
  return [`${name}: ${what} (${cause}, ${status.failures} times); its last lines:`, ...lastExit.log].join("\n");
}

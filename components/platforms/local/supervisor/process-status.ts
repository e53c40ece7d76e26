import type { ChildProcess } from "node:child_process";
import type { ProcessIdentity } from "../../../host/process-identity.ts";
import { type ProcessExit, type ProcessSpec, type ProcessStatus, portTakenExitCode } from "./process-spec.ts";
import type { History, Running } from "./reconcile.ts";

/** A process that lives, with what is needed to watch and to end it. */
export interface LiveProcess extends Running {
  readonly identity: ProcessIdentity;
  /** RFC 3339, for people; what is computed with are the monotonic times of `Running`. */
  readonly startedAtText: string;
  readonly readyAtText?: string;
  readonly stoppingAtText?: string;
  /** Where in the log its own lines begin. */
  readonly logStart: number;
  /** It did not answer any more, and was ended for that. */
  readonly hung?: true;
  /** Present when this supervisor started it: then the end is told, and need not be looked for. */
  readonly child?: ChildProcess;
}

/** What is remembered of the processes of one name that have ended. */
export interface Past extends History {
  readonly restarts: number;
  readonly lastExit?: ProcessExit;
}

/** What a supervisor says of the processes of one name. */
export function statusOf(
  name: string,
  want: ProcessSpec | undefined,
  processes: readonly LiveProcess[],
  past: Past | undefined,
): Omit<ProcessStatus, "at"> {
  const instance = want?.instance ?? processes[0]?.instance ?? "";
  const mine = past?.instance === instance ? past : undefined;
  return {
    name,
    instance,
    state: want === undefined ? "stopping" : stateOf(want, processes, mine),
    processes: processes.map((each) => ({
      instance: each.instance,
      identity: each.identity,
      startedAt: each.startedAtText,
      ...(each.readyAtText === undefined ? {} : { readyAt: each.readyAtText }),
      ...(each.stoppingAtText === undefined ? {} : { stoppingAt: each.stoppingAtText }),
    })),
    restarts: mine?.restarts ?? 0,
    failures: mine?.failures ?? 0,
    ...(mine?.lastExit === undefined ? {} : { lastExit: mine.lastExit }),
  };
}

function stateOf(want: ProcessSpec, processes: readonly LiveProcess[], past: Past | undefined): ProcessStatus["state"] {
  const ready = processes.some(
    ({ instance, readyAt, stoppingAt }) =>
      instance === want.instance && readyAt !== undefined && stoppingAt === undefined,
  );
  if (ready) return "ready";
  if (past === undefined || past.failures === 0) return "starting";
  return past.lastExit?.code === portTakenExitCode ? "portTaken" : "failing";
}

import { claimHolder } from "../../../host/claim.ts";
import { bad, type Finding, good, note } from "../../data-plane.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { directories } from "../state-folder/paths.ts";
import { withReachableSocket } from "../state-folder/reachable-socket.ts";
import { listSpecNames } from "../supervisor/process-names.ts";
import { type ProcessSpec, type ProcessStatus, readSpec, readStatus } from "../supervisor/process-spec.ts";
import { isReady } from "../supervisor/ready-probe.ts";

/** A process that should run, and what it answers now. */
export interface ProcessLook {
  readonly name: string;
  /** It answers as the process that is wanted. */
  readonly ready: boolean;
  readonly finding: Finding;
  /** Starts beyond the first. */
  readonly restarts: number;
  /** When one was last ended because it did not answer any more: RFC 3339. */
  readonly hungAt?: string;
}

/** Asks every process of the folder; who hangs is given two seconds. */
export const lookAtProcesses = (folder: StateFolder): Promise<readonly ProcessLook[]> =>
  Promise.all(listSpecNames(folder).map((name) => lookAt(folder, name)));

/** Who starts again what dies. */
export function lookAtSupervisor(folder: StateFolder): Finding {
  const holder = claimHolder(folder.path(directories.supervisor));
  if (holder) return good("supervisor", `process ${holder.pid}`);
  if (listSpecNames(folder).length === 0) return good("supervisor", "none, and nothing to supervise");
  return bad("supervisor", "none lives: a process that dies is not started again", "run pulumi up, which starts it");
}

async function lookAt(folder: StateFolder, name: string): Promise<ProcessLook> {
  const spec = readSpec(folder, name);
  if (spec === undefined) return { name, ready: true, restarts: 0, finding: good(name, "was removed just now") };
  const status = readStatus(folder, name);
  const ready = await answersAsWanted(folder, spec);
  const { restarts = 0, lastExit } = status ?? {};
  const hungAt = lastExit?.hung ? lastExit.at : undefined;
  const finding = ready ? seenReady(spec, hungAt) : whyNotReady(folder, name, status);
  return { name, ready, restarts, finding, ...(hungAt === undefined ? {} : { hungAt }) };
}

async function answersAsWanted(folder: StateFolder, { ready, instance }: ProcessSpec): Promise<boolean> {
  if ("port" in ready) return isReady(ready, instance);
  return withReachableSocket(folder.path(ready.socket), (socket) => isReady({ ...ready, socket }, instance));
}

function seenReady({ name, ready }: ProcessSpec, hungAt: string | undefined): Finding {
  const seen = "port" in ready ? `ready on port ${ready.port}` : "ready";
  return hungAt === undefined
    ? good(name, seen)
    : note(name, `${seen}; the one before did not answer any more and was ended at ${hungAt}`);
}

function whyNotReady(folder: StateFolder, name: string, status: ProcessStatus | undefined): Finding {
  const last = status?.lastExit?.log.at(-1);
  const state = status?.state === "ready" ? "does not answer" : (status?.state ?? "not started");
  const seen = `${state}${last ? `; its last line: ${last}` : ""}`;
  if (status?.state === "portTaken")
    return bad(name, seen, "end the program that holds the port, or give the release another port");
  if (status?.state === "ready")
    return bad(
      name,
      seen,
      "look again: a living supervisor ends it within a minute and starts it anew; else pulumi up",
    );
  return bad(name, seen, `read logs/${name}.log in ${folder.root}; pulumi up puts in place what is missing`);
}

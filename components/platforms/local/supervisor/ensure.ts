import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { extname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { claimHolder } from "../../../host/claim.ts";
import { type ProcessIdentity, stopProcess } from "../../../host/process-identity.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { directories, supervisorLogPath } from "../state-folder/paths.ts";
import { inheritedEnvironment } from "../state-folder/process-environment.ts";
import { findNode } from "./find-node.ts";
import { readLogTail } from "./process-log.ts";

/** A start that takes longer than this has failed, in milliseconds. */
const startTimeoutMs = 15_000;

/**
 * Sees to it that the supervisor of this state folder lives, and says which process it is. Cheap when it does; of two
 * callers at once, in two processes, both get the same one.
 */
export async function ensureSupervisor(folder: StateFolder): Promise<ProcessIdentity> {
  const deadline = performance.now() + startTimeoutMs;
  let starter: Starter | undefined;
  while (performance.now() < deadline) {
    const holder = claimHolder(folder.path(directories.supervisor));
    if (holder !== undefined) return holder;
    // One that found another there ends with 0; when that other one has left since, it is tried again.
    if (starter === undefined || starter.exit() === 0) starter = startDetached(folder);
    else if (starter.exit() !== undefined) break;
    await sleep(10);
  }
  const tail = readLogTail(folder.path(supervisorLogPath)).join("\n");
  throw new Error(
    `the supervisor of ${folder.root} does not start; the end of ${folder.path(supervisorLogPath)}:\n${tail}`,
  );
}

/** A living supervisor watches over this folder. */
export const isSupervised = (folder: StateFolder): boolean =>
  claimHolder(folder.path(directories.supervisor)) !== undefined;

/** Puts a supervisor of this version in the place of the one that is there; what it supervises goes on. */
export async function renewSupervisor(folder: StateFolder): Promise<ProcessIdentity> {
  const holder = claimHolder(folder.path(directories.supervisor));
  if (holder !== undefined) await stopProcess(holder, { graceMs: 5_000 });
  return ensureSupervisor(folder);
}

interface Starter {
  /** Undefined while it lives. */
  readonly exit: () => number | undefined;
}

function startDetached(folder: StateFolder): Starter {
  const script = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url));
  const log = openSync(folder.path(supervisorLogPath), "a", 0o600);
  const child = spawn(findNode(), [script, "--folder", folder.root], {
    cwd: folder.root,
    detached: true,
    env: inheritedEnvironment(),
    // A gateway that starts it may have inherited listening sockets as 3 and 4: kept open here they would hold its ports.
    stdio: ["ignore", log, log, log, log],
  });
  closeSync(log);
  let exit: number | undefined;
  child.once("error", () => {
    exit = 1;
  });
  child.once("exit", (code) => {
    exit = code ?? 1;
  });
  child.unref();
  return { exit: () => exit };
}

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, rmSync } from "node:fs";
import type { StateFolder } from "../state-folder/folder.ts";
import { logPath } from "../state-folder/paths.ts";
import {
  inheritedEnvironment,
  markers,
  socketsVariable,
  takeoverVariable,
} from "../state-folder/process-environment.ts";
import { findNode } from "./find-node.ts";
import type { ProcessSpec } from "./process-spec.ts";

/** What a process that is started gets from the one it replaces. */
export interface LaunchOptions {
  /** Another process of the same name serves until this one does. */
  readonly takeover: boolean;
  /** Listening sockets, as file descriptors of this process, that it gets from the one it replaces. @default [] */
  readonly sockets?: readonly number[];
}

/**
 * Room for young objects, in MB, that does not shrink between two loads: with half of it a request costs a sixth more, with
 * twice as much a gateway under attack takes 100 MB more (docs/decisions/gateway-throughput.md).
 */
export const nodeOptions: readonly string[] = ["--max-semi-space-size=8", "--min-semi-space-size=8"];

/** Starts the process of a spec: detached, so that it outlives whoever starts it. */
export function launch(
  folder: StateFolder,
  spec: ProcessSpec,
  { takeover, sockets = [] }: LaunchOptions,
): ChildProcess {
  if (!takeover && "socket" in spec.ready) removeStaleSocket(folder, spec.ready.socket);
  const log = openLog(folder.path(logPath(spec.name)));
  try {
    const child = spawn(findNode(spec.node), [...nodeOptions, spec.script, ...spec.args], {
      cwd: folder.root,
      detached: true,
      env: {
        ...inheritedEnvironment(),
        ...spec.env,
        [markers.folder]: folder.root,
        [markers.name]: spec.name,
        [markers.instance]: spec.instance,
        ...(takeover ? { [takeoverVariable]: "1" } : {}),
        ...(sockets.length === 0 ? {} : { [socketsVariable]: sockets.map((_, index) => index + 3).join(",") }),
      },
      stdio: ["ignore", log, log, ...sockets],
    });
    child.unref();
    return child;
  } finally {
    if (log !== "ignore") closeSync(log);
  }
}

// Left by a process that was killed: nobody can listen at the path while it is there.
function removeStaleSocket(folder: StateFolder, socket: string): void {
  rmSync(folder.path(socket), { force: true });
}

// A full disk must not keep a model from being served.
function openLog(path: string): number | "ignore" {
  try {
    return openSync(path, "a", 0o600);
  } catch {
    return "ignore";
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { findOnPath } from "../../../stacks/engine/installed.ts";

/** A server of the lane that ends with the process that started it, however that one ends. */
export interface Leashed {
  readonly name: string;
  /** What it printed, all of it. */
  readonly log: string;
  readonly child: ChildProcess;
  /** When it has ended. */
  readonly ended: Promise<void>;
  /** Ends it by force, and waits for its end. */
  readonly stop: () => Promise<void>;
}

/** A server and how it is run. */
export interface Program {
  readonly name: string;
  /** Its executable: a path, or a name on PATH. */
  readonly path: string;
  readonly args: readonly string[];
  /** File that it prints to. */
  readonly log: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Starts a server under `setpriv --pdeathsig`: the kernel kills it when its parent is gone, even by SIGKILL.
 * @throws Error when this machine has no setpriv.
 */
export function startLeashed({ name, path, args, log, env = process.env }: Program): Leashed {
  const [setpriv] = findOnPath("setpriv", process.env);
  if (setpriv === undefined) throw new Error("no setpriv on PATH; apt-get install util-linux (Linux only)");
  const output = openSync(log, "a");
  const child = spawn(setpriv, ["--pdeathsig", "KILL", path, ...args], { stdio: ["ignore", output, output], env });
  closeSync(output);
  const ended = new Promise<void>((done) => {
    child.once("exit", () => done());
    child.once("error", () => done());
  });
  const stop = (): Promise<void> => {
    child.kill("SIGKILL");
    return ended;
  };
  return { name, log, child, ended, stop };
}

/** @throws Error with the last lines that it printed when the server has ended. */
export function expectAlive({ name, log, child }: Leashed): void {
  if (child.exitCode === null && child.signalCode === null) return;
  const last = readFileSync(log, "utf8").trimEnd().split("\n").slice(-15).join("\n  ");
  throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode}; its last lines:\n  ${last}`);
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { Stage } from "./stage.ts";

/** What became of a command. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly output: string;
  readonly seconds: number;
}

/** What became of a command that changes a stack. */
export interface Update extends Run {
  /** What the engine did: `update sentiment-route`. */
  readonly changed: readonly string[];
  /** The engine's plan as it printed it. */
  readonly plan: string;
}

/** The tools a person would use, run as a person would run them. */
export interface Tools {
  readonly engine: { readonly version: string; readonly from: string };
  mlc(...args: string[]): Promise<Run>;
  pulumi(...args: string[]): Promise<Run>;
  /** `pulumi up` or `pulumi destroy`, with further arguments. */
  update(verb: "up" | "destroy", ...args: string[]): Promise<Update>;
  /**
   * Destroys the stack once what still runs has ended, and begins nothing any more: two updates of a stack at once are refused.
   * @param signal asks what runs to end
   */
  takeDown(signal?: NodeJS.Signals): Promise<Update>;
}

/** What a tool did, when it ended well. @throws Error with what it printed, when not */
export function succeed<R extends Run>(run: R): R {
  if (run.code !== 0) throw new Error(run.output);
  return run;
}

interface Engine {
  readonly path: string;
  readonly version: string;
  readonly from: string;
}

/** @param whileRunning is told every quarter of a second what runs */
export function createTools(stage: Stage, engine: Engine, whileRunning: (what: string) => void): Tools {
  const cli = path.join(stage.packageRoot, "dist/stacks/cli/mlc.js");
  const running = new Set<ChildProcess>();
  let isEnding = false;
  const start = async (name: string, command: string, args: readonly string[]): Promise<Run> => {
    const ticking = setInterval(() => whileRunning(name), 250);
    try {
      return await run(command, args, stage, running);
    } finally {
      clearInterval(ticking);
    }
  };
  // Who was interrupted goes nowhere from here on.
  const begin: typeof start = (...what) => (isEnding ? new Promise(() => {}) : start(...what));
  const where = ["--stack", stage.stack, "--cwd", stage.dir];
  const update = async (by: typeof start, verb: "up" | "destroy", more: readonly string[]): Promise<Update> => {
    const log = path.join(stage.dir, ".pulumi", "events.jsonl");
    rmSync(log, { force: true });
    const args = [verb, "--yes", "--non-interactive", "--stack", stage.stack, "--event-log", log, ...more];
    const done = await by(`pulumi ${verb}`, engine.path, args);
    return { ...done, changed: changesIn(log), plan: planIn(done.stdout) };
  };
  return {
    engine: { version: engine.version, from: engine.from },
    mlc: (...args) => begin(`mlc ${args[0]}`, process.execPath, [cli, ...args, ...where]),
    pulumi: (...args) => begin(`pulumi ${args[0]}`, engine.path, args),
    update: (verb, ...more) => update(begin, verb, more),
    async takeDown(signal) {
      isEnding = true;
      const ended = [...running].map((child) => once(child, "close"));
      for (const child of running) if (signal !== undefined) child.kill(signal);
      await Promise.all(ended);
      return await update(start, "destroy", []);
    },
  };
}

/** @param running holds the process while it runs */
function run(command: string, args: readonly string[], { dir, env }: Stage, running: Set<ChildProcess>): Promise<Run> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: dir, env: { ...env, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    child.once("close", () => running.delete(child));
    let stdout = "";
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      output += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({ code: code ?? -1, stdout, output, seconds: (performance.now() - started) / 1000 }),
    );
  });
}

interface EngineEvent {
  readonly resourcePreEvent?: {
    readonly planning?: boolean;
    readonly metadata: { readonly op: string; readonly urn: string };
  };
}

const untouched = new Set(["same", "refresh", "read"]);

function changesIn(log: string): readonly string[] {
  const lines = readFileSync(log, "utf8").split("\n").filter(Boolean);
  return lines.flatMap((line) => {
    const step = (JSON.parse(line) as EngineEvent).resourcePreEvent;
    if (step === undefined || step.planning === true || untouched.has(step.metadata.op)) return [];
    return [`${step.metadata.op} ${step.metadata.urn.split("::").at(-1)}`];
  });
}

/** The preview's part of what `pulumi up` prints. */
function planIn(stdout: string): string {
  const [, preview = ""] =
    /Previewing (?:update|destroy)[^\n]*\n([\s\S]*?)\n(?:Updating|Destroying) /.exec(stdout) ?? [];
  return preview
    .split("\n")
    .filter((line) => isStep.test(line) && !looksOnly.test(line))
    .join("\n");
}

const isStep = /^ [ +~-]+ \S+:\S+ |^Resources:|^ {4}[+~-] \d|^ {4}\d+ (?:changes|unchanged)/;
const looksOnly = /refresh(?:ing)? *(?:\[diff: [^\]]*\])? *$|^ {4}\S+:\S+ /;

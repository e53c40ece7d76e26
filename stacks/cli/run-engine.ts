import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { readJsonLines } from "../../components/host/atomic-file.ts";
import { findEngine } from "../engine/index.ts";
import { exitCodes } from "./failure.ts";
import type { Project } from "./project.ts";
import type { Terminal } from "./terminal.ts";

/** The path of the engine; building one is shown. @throws Error that says what to install. */
export async function findTheEngine(terminal: Terminal): Promise<string> {
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  return (await terminal.during("looking for the Pulumi engine", findEngine({ progress }))).path;
}

/** A resource as a step of the engine's plan would leave it. */
export interface PlannedResource {
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** A step of the engine's plan that changes something. */
export interface PlannedStep {
  /** create, update, replace, delete, … */
  readonly op: string;
  readonly type: string;
  readonly name: string;
}

/** How a run of the engine ended, and what it told on the way. */
export interface EngineRun {
  /** The engine's own exit code; 0 is well. */
  readonly code: number;
  /** ctrl-C came while it ran; it ends by itself then. */
  readonly interrupted: boolean;
  /** How many resources were created, updated, kept, …, as the engine counts them. */
  readonly changes: Readonly<Record<string, number>>;
  /** What it complained of, in full. */
  readonly errors: readonly string[];
  readonly resources: readonly PlannedResource[];
  readonly steps: readonly PlannedStep[];
}

/** Runs one command of the engine in the project's folder, its progress shown. */
export async function runEngine(
  terminal: Terminal,
  project: Project,
  engine: string,
  args: readonly string[],
): Promise<EngineRun> {
  const folder = mkdtempSync(join(tmpdir(), "mlc-"));
  try {
    const log = join(folder, "events.jsonl");
    const ended = await start(terminal, project, engine, [...args, "--event-log", log]);
    return { ...ended, ...readEvents(log) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(
  terminal: Terminal,
  project: Project,
  engine: string,
  args: readonly string[],
): Promise<Pick<EngineRun, "code" | "interrupted">> {
  return new Promise((resolve, reject) => {
    let interrupted = false;
    const release = terminal.holdInterrupts();
    // A terminal sends ctrl-C to the engine as well, which ends tidily; leaving before it would cut its last words off.
    // Without one nobody but this process does.
    const interrupt = () => {
      if (!interrupted && process.stdin.isTTY !== true) child.kill("SIGINT");
      interrupted = true;
    };
    const forward = () => child.kill("SIGTERM");
    // Before the engine is there: a signal that comes while it starts is not lost, and does not end this process alone.
    process.on("SIGINT", interrupt).on("SIGTERM", forward);
    const child = spawn(engine, terminal.interactive ? args : [...args, "--non-interactive", "--suppress-progress"], {
      cwd: project.root,
      stdio: [terminal.interactive ? "inherit" : "ignore", terminal.json ? process.stderr : "inherit", "inherit"],
      // The flag --event-log belongs to the commands that the engine keeps for its Automation API.
      env: { ...process.env, PULUMI_DEBUG_COMMANDS: "true", PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      process.off("SIGINT", interrupt).off("SIGTERM", forward);
      release();
      resolve({ code: code ?? exitCodes.error, interrupted });
    });
  });
}

/** What is read of the engine's events; one of another shape says nothing here. */
const engineEvent = z
  .object({
    diagnosticEvent: z.object({ severity: z.string().optional(), message: z.string().optional() }).optional(),
    summaryEvent: z.object({ resourceChanges: z.record(z.string(), z.number()).nullish() }).optional(),
    resourcePreEvent: z
      .object({
        metadata: z.object({
          op: z.string().optional(),
          urn: z.string().optional(),
          type: z.string(),
          new: z.object({ inputs: z.record(z.string(), z.unknown()).nullish() }).nullish(),
        }),
      })
      .optional(),
  })
  .catch({});

/** What changes nothing, or is part of a step that is told already. */
const silent: readonly string[] = ["same", "read", "refresh", "create-replacement", "delete-replaced"];

function readEvents(log: string): Pick<EngineRun, "changes" | "errors" | "resources" | "steps"> {
  // An engine that did not come so far as to open it leaves none.
  const events = readJsonLines(log, engineEvent);
  return {
    // The preview's summary comes first and the update's last.
    changes: events.findLast(({ summaryEvent }) => summaryEvent?.resourceChanges)?.summaryEvent?.resourceChanges ?? {},
    errors: events.flatMap(({ diagnosticEvent: told }) =>
      told?.severity === "error" && told.message ? [withoutMarkup(told.message)] : [],
    ),
    resources: events.flatMap(({ resourcePreEvent: step }) =>
      step?.metadata.new ? [{ type: step.metadata.type, inputs: step.metadata.new.inputs ?? {} }] : [],
    ),
    steps: events.flatMap(({ resourcePreEvent: step }) => {
      const { op, urn, type } = step?.metadata ?? {};
      if (op === undefined || urn === undefined || type === undefined || silent.includes(op)) return [];
      return [{ op, type, name: urn.split("::").at(-1) ?? urn }];
    }),
  };
}

/** The engine writes colours as `<{%red%}>`. */
const withoutMarkup = (message: string): string => message.replace(/<\{%.*?%\}>/g, "").trim();

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEngine } from "../engine/index.ts";
import { exitCodes, Failure } from "./failure.ts";
import type { Project } from "./project.ts";
import type { Terminal } from "./terminal.ts";

export interface Converged {
  readonly seconds: number;
  /** How many resources were created, updated, kept, …, as the engine counts them. */
  readonly changes: Readonly<Record<string, number>>;
}

/** The command that does the same by hand. */
export const upCommand = ({ root, stack }: Project): string =>
  `pulumi up --stack ${stack}${root === process.cwd() ? "" : ` --cwd ${root}`}`;

/**
 * Runs the engine's `up` for the stack, its preview and its progress shown.
 *
 * @throws Failure (3) when a data plane refused a rollout that was ended before; (1) for every other end.
 */
export async function converge(terminal: Terminal, project: Project): Promise<Converged> {
  const engine = await terminal
    .during("looking for the Pulumi engine", findEngine({ progress: (line) => process.stderr.write(`${line}\n`) }))
    .catch((error: unknown) => {
      throw new Failure(
        exitCodes.error,
        `${messageOf(error)}\nThe configuration is written; where there is an engine, run: ${upCommand(project)}`,
      );
    });
  const start = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "mlc-"));
  try {
    const log = join(folder, "events.jsonl");
    const code = await runUp(terminal, project, engine.path, log);
    const { changes, errors } = readEvents(log);
    if (code !== 0) throw failed(project, code, errors);
    return { seconds: (performance.now() - start) / 1000, changes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runUp(terminal: Terminal, project: Project, engine: string, log: string): Promise<number> {
  const args = ["up", "--yes", "--stack", project.stack, "--event-log", log];
  return new Promise((resolve, reject) => {
    const child = spawn(engine, terminal.interactive ? args : [...args, "--non-interactive", "--suppress-progress"], {
      cwd: project.root,
      stdio: [terminal.interactive ? "inherit" : "ignore", terminal.json ? process.stderr : "inherit", "inherit"],
      // The flag --event-log belongs to the commands that the engine keeps for its Automation API.
      env: { ...process.env, PULUMI_DEBUG_COMMANDS: "true", PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    // A terminal sends ctrl-C to the engine as well, which ends tidily; leaving before it would cut its last words off.
    const wait = () => {};
    const forward = () => child.kill("SIGTERM");
    process.on("SIGINT", wait).on("SIGTERM", forward);
    child.on("error", reject);
    child.on("exit", (code) => {
      process.off("SIGINT", wait).off("SIGTERM", forward);
      resolve(code ?? exitCodes.error);
    });
  });
}

interface EngineEvent {
  readonly diagnosticEvent?: { readonly severity?: string; readonly message?: string };
  readonly summaryEvent?: { readonly resourceChanges?: Readonly<Record<string, number>> };
}

function readEvents(log: string): { readonly changes: Converged["changes"]; readonly errors: readonly string[] } {
  let changes: Converged["changes"] = {};
  const errors: string[] = [];
  for (const line of linesOf(log)) {
    const { diagnosticEvent, summaryEvent } = JSON.parse(line) as EngineEvent;
    // The preview's summary comes first and the update's last.
    if (summaryEvent?.resourceChanges) changes = summaryEvent.resourceChanges;
    if (diagnosticEvent?.severity === "error" && diagnosticEvent.message)
      errors.push(withoutMarkup(diagnosticEvent.message));
  }
  return { changes, errors };
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\n").filter(Boolean);
  } catch {
    // The engine did not come so far as to open it.
    return [];
  }
}

/** The engine writes colours as `<{%red%}>`. */
const withoutMarkup = (message: string): string => message.replace(/<\{%.*?%\}>/g, "").trim();

/** The words of the gateway when it is asked for traffic that was taken away before. */
const REFUSED = /\[(?:rolloutAborted|rolledBack|unproven|stale|noticeTooShort)\]/;

function failed(project: Project, code: number, errors: readonly string[]): Failure {
  const refused = errors.find((error) => REFUSED.test(error));
  if (refused) return new Failure(exitCodes.aborted, refused, { facts: { engineErrors: errors } });
  const locked = errors.some((error) => error.includes("currently locked"));
  const cure = locked ? ` If no other up is running: pulumi cancel --stack ${project.stack}.` : "";
  return new Failure(
    exitCodes.error,
    `The engine's up ended with exit code ${code}.${cure} The configuration is written; when the cause is mended, run: ${upCommand(project)}`,
    { facts: { engineErrors: errors } },
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

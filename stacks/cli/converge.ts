import { messageOf } from "../../components/host/host-error.ts";
import { condense } from "./condense.ts";
import { exitCodes, Failure } from "./failure.ts";
import type { Project } from "./project.ts";
import { findTheEngine, runEngine } from "./run-engine.ts";
import type { Terminal } from "./terminal.ts";

/** What the engine did. */
export interface Converged {
  /** How long it took. */
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
 * @throws Failure (3) when a data plane refused a rollout that was ended before; (130) after ctrl-C; (1) for every other end.
 */
export async function converge(
  terminal: Terminal,
  project: Project,
  policyPacks: readonly string[],
): Promise<Converged> {
  const engine = await findTheEngine(terminal).catch((error: unknown) => {
    throw new Failure(
      exitCodes.error,
      `${messageOf(error)}\nThe configuration is written; where there is an engine, run: ${upCommand(project)}`,
    );
  });
  const start = performance.now();
  const args = ["up", "--yes", "--stack", project.stack, ...policyPacks.flatMap((pack) => ["--policy-pack", pack])];
  const { code, interrupted, changes, errors } = await runEngine(terminal, project, engine, args);
  if (code !== 0) throw failed(project, code, interrupted, errors);
  return { seconds: (performance.now() - start) / 1000, changes };
}

function failed(project: Project, code: number, interrupted: boolean, errors: readonly string[]): Failure {
  const facts = { engineErrors: process.env.MLC_DEBUG === "1" ? errors : condense(errors, Number.POSITIVE_INFINITY) };
  const refused = errors.find((error) => REFUSED.test(error));
  if (refused) return new Failure(exitCodes.aborted, refused, { facts });
  const left = `The configuration is written; when the cause is mended, run: ${upCommand(project)}`;
  if (interrupted)
    return new Failure(exitCodes.interrupted, `Stopped by ctrl-C while the engine ran. ${left}`, { facts });
  const locked = errors.some((error) => error.includes("currently locked"));
  const cure = locked ? ` If no other up is running: pulumi cancel --stack ${project.stack}.` : "";
  const reasons = condense(errors).map((line) => `  ${line}\n`);
  return new Failure(
    exitCodes.error,
    `${reasons.join("")}The engine's up ended with exit code ${code}.${cure} ${left}`,
    { facts },
  );
}

/** The words of the gateway when it is asked for traffic that was taken away before. */
const REFUSED = /\[(?:rolloutAborted|rolledBack|unproven|stale|noticeTooShort)\]/;

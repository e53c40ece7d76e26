import { asFailure } from "./as-failure.ts";
import { type ExitCode, exitCodes, Failure } from "./failure.ts";
import { openTerminal, renderStanding } from "./terminal.ts";
import type { Invocation, Verb } from "./verb.ts";

/** Runs a verb to its end, and tells its user whatever goes wrong. */
export async function runVerb(name: string, verb: Verb, invocation: Invocation): Promise<ExitCode> {
  const terminal = openTerminal({ json: invocation.options.json === true });
  const fail = (failure: Failure): ExitCode => {
    terminal.warn(failure.message);
    const { message, problems, exitCode, facts } = failure;
    if (terminal.json) printJson({ command: name, ...facts, error: message, problems, exitCode });
    return exitCode;
  };
  const interrupt = (): void => {
    if (terminal.holdsInterrupts) return;
    process.exit(fail(new Failure(exitCodes.interrupted, `Stopped by ctrl-C. ${renderStanding(terminal.standing)}`)));
  };
  process.on("SIGINT", interrupt);
  try {
    const { exitCode = exitCodes.done, facts } = await verb.run(terminal, invocation);
    if (terminal.json) printJson({ command: name, ...facts, exitCode });
    return exitCode;
  } catch (error) {
    if (process.env.MLC_DEBUG === "1" && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return fail(asFailure(error, terminal));
  } finally {
    process.off("SIGINT", interrupt);
  }
}

/** The one object that `--json` prints on stdout. */
export const printJson = (document: object): void => void process.stdout.write(`${JSON.stringify(document)}\n`);

import { CommanderError } from "commander";
import { asFailure } from "./as-failure.ts";
import type { Command, Invocation } from "./command.ts";
import { type ExitCode, exitCodes, Failure } from "./failure.ts";
import { createProgram, type Load } from "./program.ts";
import { openTerminal, renderStanding } from "./terminal.ts";

/** Runs one command line to its end. Whatever goes wrong is told here and nowhere else. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  const program = createProgram(async (name, load, invocation) => {
    code = await runCommand(name, load, invocation);
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version were asked for; everything else is a command line that cannot be understood.
    if (error.exitCode === 0) return exitCodes.done;
    if (args.includes("--json")) printJson({ error: error.message, problems: [], exitCode: exitCodes.usage });
    return exitCodes.usage;
  }
}

async function runCommand(name: string, load: Load, invocation: Invocation): Promise<ExitCode> {
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
    const command: Command = await load();
    const { exitCode = exitCodes.done, facts } = await command(terminal, invocation);
    if (terminal.json) printJson({ command: name, ...facts, exitCode });
    return exitCode;
  } catch (error) {
    if (process.env.MLC_DEBUG === "1" && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return fail(asFailure(error, terminal));
  } finally {
    process.off("SIGINT", interrupt);
  }
}

const printJson = (document: object): void => void process.stdout.write(`${JSON.stringify(document)}\n`);

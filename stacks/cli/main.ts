import { CommanderError } from "commander";
import type { Command, Invocation } from "./command.ts";
import { type ExitCode, exitCodes, Failure } from "./failure.ts";
import { createProgram, type Load } from "./program.ts";
import { openTerminal } from "./terminal.ts";

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
  try {
    const command: Command = await load();
    const { exitCode = exitCodes.done, facts } = await command(terminal, invocation);
    if (terminal.json) printJson({ command: name, ...facts, exitCode });
    return exitCode;
  } catch (error) {
    const failure = asFailure(error);
    terminal.warn(failure.message);
    if (process.env.MLC_DEBUG === "1" && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    if (terminal.json) {
      const { message, problems, exitCode, facts } = failure;
      printJson({ command: name, ...facts, error: message, problems, exitCode });
    }
    return failure.exitCode;
  }
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  // A state folder that cannot be used explains itself; see components/platforms/local/state-folder.
  if (error instanceof Error && error.name === "StateFolderError") return new Failure(exitCodes.error, message);
  return new Failure(
    exitCodes.error,
    `Unexpected: ${message}\nThis is a fault of mlc: please report it where you got pulumi-model-lifecycle from, with what MLC_DEBUG=1 shows.`,
  );
}

const printJson = (document: object): void => void process.stdout.write(`${JSON.stringify(document)}\n`);

import { CommanderError } from "commander";
import { type ExitCode, exitCodes } from "./failure.ts";
import { createProgram } from "./program.ts";
import { verbsFor } from "./verbs.ts";

/** Runs one command line to its end. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  const program = createProgram(await verbsFor(args[0] ?? ""), async (name, verb, invocation) => {
    const { runVerb } = await runs();
    code = await runVerb(name, verb, invocation);
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version were asked for; everything else is a command line that cannot be understood.
    if (error.exitCode === 0) return exitCodes.done;
    const { printJson } = await runs();
    if (args.includes("--json")) printJson({ error: error.message, problems: [], exitCode: exitCodes.usage });
    return exitCodes.usage;
  }
}

/** What help and version can do without, and are shown sooner for it. */
const runs = (): Promise<typeof import("./run-verb.ts")> => import("./run-verb.ts");

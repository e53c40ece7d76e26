import { Command as Program } from "commander";
import { libraryVersion } from "../../components/release/library-version.ts";
import type { StackOptions } from "./options.ts";
import type { Invocation, Verb } from "./verb.ts";

/** What is done when a command line asks for a verb. */
export type Run = (name: string, verb: Verb, invocation: Invocation) => Promise<void>;

const EXIT_CODES = `
Exit codes:
  0    done
  1    error
  2    wrong usage, or problems in the configuration; nothing was changed
  3    the rollout was ended before and is not opened again; of judge: harm is shown
  4    waiting: the rollout is still on its way, or nothing is decided
  5    drift was found
  130  stopped by ctrl-C; what is done and what is left is said`;

/** The command line as commander understands it; `run` is called with what was asked for. */
export function createProgram(verbs: readonly Verb[], run: Run): Program {
  const program = new Program("mlc")
    .description("Changes models in production by reviewed edits of a stack's configuration.")
    .version(libraryVersion)
    .showHelpAfterError("(add --help for what is allowed)")
    .exitOverride()
    .enablePositionalOptions()
    .addHelpText("after", `${EXIT_CODES}\n\nExample:\n  $ mlc status --stack prod`);
  for (const verb of verbs) addVerb(program, verb, run);
  return program;
}

function addVerb(program: Program, verb: Verb, run: Run): void {
  const { usage, summary, example, options } = verb;
  const command = program
    .command(usage, { hidden: verb.hidden === true })
    .summary(summary)
    .description(verb.description ?? `${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
    .addHelpText("after", `\nExample:\n  $ ${example}`)
    .action(() => run(command.name(), verb, { args: command.args, options: command.opts<StackOptions>() }));
  for (const { flags, description, required, repeated } of options) {
    if (required) command.requiredOption(flags, description);
    else if (repeated) command.option(flags, description, collect);
    else command.option(flags, description);
  }
  if (verb.json !== false) {
    command.option("--json", "print one JSON object on stdout and everything else on stderr");
  }
  if (verb.passesOn) command.allowUnknownOption().passThroughOptions();
  if (verb.hidden) command.helpOption(false);
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

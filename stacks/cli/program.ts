import { Command as Program } from "commander";
import { libraryVersion } from "../../components/release/library-version.ts";
import type { Command, Invocation, Options } from "./command.ts";

/** Loads what a command needs, which for most takes longer than the command itself. */
export type Load = () => Promise<Command>;

export type Run = (name: string, load: Load, invocation: Invocation) => Promise<void>;

interface Entry {
  /** The name and its arguments, as commander writes them. */
  readonly usage: string;
  readonly summary: string;
  readonly example: string;
  readonly options: readonly (readonly [flags: string, description: string])[];
  readonly load: Load;
}

const STACK = [
  ["--stack <name>", "the stack [the only one configured, else $PULUMI_STACK]"],
  ["--cwd <dir>", "the project's folder, or one below it"],
] as const;
const CHANGE = [
  ...STACK,
  ["--yes", "make the change without asking"],
  ["--no-up", "write the configuration only and leave `pulumi up` to CI"],
  ["--policy-pack <dir>", "a policy pack for `pulumi up`; may be repeated [$MLC_POLICY_PACK]"],
] as const;
const EMERGENCY = [
  ...STACK,
  ["--project <name>", "the project, where no Pulumi.yaml tells its name"],
  ["--reason <text>", "why, for the record"],
  ["--endpoint <name>", "only this endpoint's traffic"],
  ["--yes", "accepted and not needed: nothing is asked"],
  ["--no-up", "set traffic and configuration, leave `pulumi up` to CI"],
] as const;

/** Every command, in the order of a model's life. */
const entries: readonly Entry[] = [
  {
    usage: "init",
    summary: "write a first project: Pulumi.yaml, index.ts and a stack with a commented release",
    example: "mlc init --stack dev --model sentiment",
    options: [
      ["--cwd <dir>", "the folder to write into"],
      ["--stack <name>", "the first stack [dev]"],
      ["--name <project>", "the project's name [the folder's]"],
      ["--model <name>", "the model's name [approval]"],
    ],
    load: async () => (await import("./commands/init.ts")).init,
  },
  {
    usage: "validate",
    summary: "list every problem of a stack's release, and compare local files with their pins",
    example: "mlc validate --stack prod --json",
    options: STACK,
    load: async () => (await import("./commands/validate.ts")).validate,
  },
  {
    usage: "pin [versions...]",
    summary: "write the hash of each version's files into the configuration",
    example: "mlc pin v2",
    options: [...STACK, ["--yes", "write without asking"]],
    load: async () => (await import("./commands/pin.ts")).pin,
  },
  {
    usage: "start <version>",
    summary: "put a version on trial beside the stable one",
    example: "mlc start v2 --weight 50% --stack prod",
    options: [
      ...CHANGE,
      ["--weight <share>", 'how far it may climb, such as 25%, or "shadow" [100%]'],
      ["--attempt <number>", "try content again whose rollout was ended"],
    ],
    load: async () => (await import("./commands/rollout.ts")).start,
  },
  {
    usage: "advance",
    summary: "raise the candidate's share to the next step",
    example: "mlc advance --weight 50%",
    options: [...CHANGE, ["--weight <share>", "to this share instead of the next step"]],
    load: async () => (await import("./commands/rollout.ts")).advance,
  },
  {
    usage: "promote",
    summary: "make the candidate stable; the old version stays warm as the way back",
    example: "mlc promote --wait --yes",
    options: [
      ...CHANGE,
      ["--wait", "wait until the rollout is complete"],
      ["--force", "promote although it is not complete; needs --reason"],
      ["--reason <text>", "with --force: why, written into the configuration as an override"],
    ],
    load: async () => (await import("./commands/rollout.ts")).promote,
  },
  {
    usage: "rollback",
    summary: "take the candidate out at once; without one, go back to the previous version",
    example: 'mlc rollback --stack prod --reason "answers look wrong"',
    options: [...EMERGENCY, ["--to <version>", "to this version, however far back [the one before]"]],
    load: async () => (await import("./commands/rollback.ts")).rollback,
  },
  {
    usage: "abort",
    summary: "take the candidate out at once; never touches the stable version",
    example: "mlc abort --stack prod",
    options: EMERGENCY,
    load: async () => (await import("./commands/rollback.ts")).abort,
  },
  {
    usage: "deprecate <version>",
    summary: "give notice: answers carry Deprecation and Sunset headers",
    example: "mlc deprecate v1 --sunset 2027-05-31 --successor v2",
    options: [
      ...CHANGE,
      ["--sunset <date>", "! the last day, or an RFC 3339 time in UTC"],
      ["--successor <version>", "what to use instead [stable]"],
    ],
    load: async () => (await import("./commands/retirement.ts")).deprecate,
  },
  {
    usage: "archive <version>",
    summary: "keep a verified copy of a deprecated version",
    example: "mlc archive v1",
    options: [
      ...CHANGE,
      ["--force", "write it without asking the engine whether the program keeps an archive; needs --reason"],
      ["--reason <text>", "with --force: why"],
    ],
    load: async () => (await import("./commands/retirement.ts")).archive,
  },
  {
    usage: "retire <version>",
    summary: "switch an archived version off after its sunset: it answers 410",
    example: "mlc retire v1 --yes",
    options: CHANGE,
    load: async () => (await import("./commands/retirement.ts")).retire,
  },
  {
    usage: "reinstate <version>",
    summary: "take a version off its way out",
    example: "mlc reinstate v1",
    options: CHANGE,
    load: async () => (await import("./commands/retirement.ts")).reinstate,
  },
  {
    usage: "status",
    summary: "who serves, since when, the verdict and what comes next",
    example: "mlc status --stack prod",
    options: [...STACK, ["--exit-code", "end with 3 after an abort or a rollback, with 4 while a rollout runs"]],
    load: async () => (await import("./commands/status.ts")).status,
  },
  {
    usage: "history [id]",
    summary: "what ended, when, why and by whom; with an id everything it was judged on",
    example: "mlc history --stack prod",
    options: STACK,
    load: async () => (await import("./commands/history.ts")).history,
  },
  {
    usage: "unit",
    summary: "print a systemd unit that starts this stack's processes again after a reboot",
    example: "mlc unit > ~/.config/systemd/user/mlc-prod.service",
    options: STACK,
    load: async () => (await import("./commands/unit.ts")).unit,
  },
  {
    usage: "watch",
    summary: "the status, kept up to date; ctrl-C ends it",
    example: "mlc watch --until complete --timeout 600",
    options: [
      ...STACK,
      [
        "--until <state>",
        '"complete": end with 0 then, with 3 when the rollout is ended; "ended": when none runs any more',
      ],
      ["--timeout <seconds>", "with --until: end with 4 after this time"],
    ],
    load: async () => (await import("./commands/watch.ts")).watch,
  },
  {
    usage: "doctor",
    summary: "look for what is wrong on this machine, and say what to do",
    example: "mlc doctor --fix",
    options: [...STACK, ["--fix", "stop the processes that were left over, and only those"]],
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
];

const EXIT_CODES = `
Exit codes:
  0    done
  1    error
  2    wrong usage, or problems in the configuration; nothing was changed
  3    the rollout was ended before and is not opened again
  4    waiting: the rollout is still on its way
  130  stopped by ctrl-C; what is done and what is left is said`;

/** The command line as commander understands it; `run` is called with what was asked for. */
export function createProgram(run: Run): Program {
  const program = new Program("mlc")
    .description("Changes models in production by reviewed edits of a stack's configuration.")
    .version(libraryVersion)
    .showHelpAfterError("(add --help for what is allowed)")
    .exitOverride()
    .enablePositionalOptions()
    .addHelpText("after", `${EXIT_CODES}\n\nExample:\n  $ mlc status --stack prod`);
  for (const entry of entries) addCommand(program, entry, run);
  addDemo(program, run);
  addCompletion(program, run);
  return program;
}

function addCommand(program: Program, { usage, summary, example, options, load }: Entry, run: Run): void {
  const command = program
    .command(usage)
    .summary(summary)
    .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`);
  for (const [flags, description] of options) {
    if (description.startsWith("! ")) command.requiredOption(flags, description.slice(2));
    else if (flags.startsWith("--policy-pack")) command.option(flags, description, collect, []);
    else command.option(flags, description);
  }
  command
    .option("--json", "print one JSON object on stdout and everything else on stderr")
    .addHelpText("after", `\nExample:\n  $ ${example}`)
    .action(() => run(command.name(), load, { args: command.args, options: command.opts<Options>() }));
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Its arguments are the demo's own. */
function addDemo(program: Program, run: Run): void {
  program
    .command("demo [arguments...]")
    .summary("see it all in two minutes on this machine")
    .description("Runs the example from training to retirement, on the real engine. Arguments go to the demo.")
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText("after", "\nExample:\n  $ mlc demo --report report.json")
    .action((args: string[]) =>
      run("demo", async () => (await import("./commands/demo.ts")).demo, { args, options: {} }),
    );
}

function addCompletion(program: Program, run: Run): void {
  program
    .command("completion <shell>")
    .summary("print the completion script for bash, zsh or fish")
    .description("Prints a script that completes commands, options, stacks and version names.")
    .addHelpText("after", "\nExample:\n  $ source <(mlc completion bash)")
    .action((shell: string) =>
      run("completion", async () => (await import("./commands/completion.ts")).completion, {
        args: [shell],
        options: {},
      }),
    );
  program
    .command("complete", { hidden: true })
    .argument("[words...]")
    .allowUnknownOption()
    .helpOption(false)
    .passThroughOptions()
    .action((words: string[]) =>
      run("complete", async () => (await import("./commands/completion.ts")).completeIn(program), {
        args: words,
        options: {},
      }),
    );
}

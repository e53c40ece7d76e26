import type { Command as Program } from "commander";
import type { Command, Options } from "../command.ts";
import { usageFailure } from "../failure.ts";
import { findProject, locateStack, stacksOf } from "../project.ts";
import { isMapping } from "../render-yaml.ts";
import { readStackFile } from "../stack-file.ts";

// The shells ask `mlc complete -- <words so far>`, so that what can be completed stands in one place: the program itself.
const scripts: Readonly<Record<string, string>> = {
  bash: `_mlc() {
  COMPREPLY=($(compgen -W "$(mlc complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _mlc mlc`,
  zsh: `#compdef mlc
_mlc() {
  local -a found
  found=(\${(f)"$(mlc complete -- "\${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)"})
  compadd -a found
}
compdef _mlc mlc`,
  fish: `complete -c mlc -f -a '(mlc complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'`,
};

export const completion: Command = async (_terminal, { args: [shell = ""] }) => {
  const script = scripts[shell];
  if (script === undefined)
    throw usageFailure(`No completion for "${shell}"; there is one for ${Object.keys(scripts).join(", ")}.`);
  process.stdout.write(`${script}\n`);
  return { facts: {} };
};

/** Prints the words that may stand where the cursor is, one a line. Never an error: a shell would show it at each key. */
export const completeIn =
  (program: Program): Command =>
  async (_terminal, { args }) => {
    const words = await candidates(program, args);
    process.stdout.write(words.map((word) => `${word}\n`).join(""));
    return { facts: {} };
  };

async function candidates(program: Program, words: readonly string[]): Promise<readonly string[]> {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const command = program.commands.find((each) => each.name() === before[0]);
  return (await wordsFor(program, command, before)).filter((word) => word.startsWith(typed));
}

async function wordsFor(
  program: Program,
  command: Program | undefined,
  before: readonly string[],
): Promise<readonly string[]> {
  if (command === undefined) return before.length > 0 ? [] : namesOf(program);
  if (command.name() === "completion") return Object.keys(scripts);
  const options: Options = { ...optionIn(before, "stack"), ...optionIn(before, "cwd") };
  const open = command.options.find(({ long, required }) => required && long === before.at(-1));
  if (open !== undefined) return quietly(() => valuesOf[open.long ?? ""]?.(options) ?? []);
  const values = command.registeredArguments.map((argument) =>
    quietly(() => valuesOf[argument.name()]?.(options) ?? []),
  );
  return [...(await Promise.all(values)).flat(), ...command.options.flatMap(({ long }) => long ?? [])];
}

/** What may stand behind an option, or as an argument. */
const valuesOf: Readonly<Record<string, (options: Options) => readonly string[] | Promise<readonly string[]>>> = {
  version: versionsOf,
  versions: versionsOf,
  id: historyOf,
  "--stack": stacksOf,
  "--to": async (options) => [...new Set([...(await quietly(() => deployedOf(options))), ...versionsOf(options)])],
  "--successor": versionsOf,
  "--endpoint": (options) =>
    locateStack(options)
      .dataPlane.known()
      .map(({ endpoint }) => endpoint),
  "--until": () => ["complete", "ended"],
};

const namesOf = (program: Program): readonly string[] =>
  program.commands.map((command) => command.name()).filter((name) => name !== "complete");

function versionsOf(options: Options): readonly string[] {
  const { release } = readStackFile(findProject(options));
  return isMapping(release) && isMapping(release.versions) ? Object.keys(release.versions) : [];
}

/** Also those that have left the configuration. */
function deployedOf(options: Options): readonly string[] {
  return locateStack(options)
    .dataPlane.known()
    .flatMap(({ plan }) => Object.keys(plan?.versions ?? {}));
}

async function historyOf(options: Options): Promise<readonly string[]> {
  const { dataPlane } = locateStack(options);
  const histories = dataPlane.known().map(({ endpoint }) => dataPlane.history(endpoint));
  return (await Promise.all(histories)).flat().map(({ id }) => id);
}

function optionIn(words: readonly string[], name: "stack" | "cwd"): Options {
  const value = words[words.indexOf(`--${name}`) + 1];
  return words.includes(`--${name}`) && value !== undefined ? { [name]: value } : {};
}

async function quietly(words: () => readonly string[] | Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await words();
  } catch {
    return [];
  }
}

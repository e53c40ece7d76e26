import type { Command as Program } from "commander";
import type { Command, Options } from "../command.ts";
import { usageFailure } from "../failure.ts";
import { findProject, stacksOf } from "../project.ts";
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
    process.stdout.write(
      candidates(program, args)
        .map((word) => `${word}\n`)
        .join(""),
    );
    return { facts: {} };
  };

function candidates(program: Program, words: readonly string[]): readonly string[] {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const command = program.commands.find((each) => each.name() === before[0]);
  return wordsFor(program, command, before).filter((word) => word.startsWith(typed));
}

function wordsFor(program: Program, command: Program | undefined, before: readonly string[]): readonly string[] {
  if (command === undefined) return before.length > 0 ? [] : namesOf(program);
  if (command.name() === "completion") return Object.keys(scripts);
  const options: Options = { ...optionIn(before, "stack"), ...optionIn(before, "cwd") };
  if (before.at(-1) === "--stack") return quietly(() => stacksOf(options));
  const takesVersion = command.registeredArguments.some((argument) => /^versions?$/.test(argument.name()));
  return [
    ...(takesVersion ? quietly(() => versionsOf(options)) : []),
    ...command.options.flatMap(({ long }) => long ?? []),
  ];
}

const namesOf = (program: Program): readonly string[] =>
  program.commands.map((command) => command.name()).filter((name) => name !== "complete");

function versionsOf(options: Options): readonly string[] {
  const { release } = readStackFile(findProject(options));
  return isMapping(release) && isMapping(release.versions) ? Object.keys(release.versions) : [];
}

function optionIn(words: readonly string[], name: "stack" | "cwd"): Options {
  const value = words[words.indexOf(`--${name}`) + 1];
  return words.includes(`--${name}`) && value !== undefined ? { [name]: value } : {};
}

function quietly(words: () => readonly string[]): readonly string[] {
  try {
    return words();
  } catch {
    return [];
  }
}

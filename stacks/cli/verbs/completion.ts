import { usageFailure } from "../failure.ts";
import type { Verb } from "../verb.ts";

// The shells ask `mlc complete -- <words so far>`, so that what can be completed stands in one place: the words of the verbs.
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

/** Prints what a shell needs to complete `mlc`. */
export const completion: Verb = {
  usage: "completion <shell>",
  summary: "print the completion script for bash, zsh or fish",
  description: "Prints a script that completes commands, options, stacks and version names.",
  example: "source <(mlc completion bash)",
  options: [],
  arguments: () => Object.keys(scripts),
  json: false,
  async run(_terminal, { args: [shell = ""] }) {
    const script = scripts[shell];
    if (script === undefined)
      throw usageFailure(`No completion for "${shell}"; there is one for ${Object.keys(scripts).join(", ")}.`);
    process.stdout.write(`${script}\n`);
    return { facts: {} };
  },
};

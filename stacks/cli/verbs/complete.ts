import type { Option, StackOptions, Values } from "../options.ts";
import type { Verb, Verbs } from "../verb.ts";

/** Prints the words that may stand where the cursor is, one a line. Never an error: a shell would show it at each key. */
export const completeFrom = (verbs: Verbs): Verb => ({
  usage: "complete [words...]",
  summary: "what the completion scripts ask",
  example: "mlc complete -- start v",
  options: [],
  json: false,
  passesOn: true,
  hidden: true,
  async run(_terminal, { args }) {
    const words = await candidates(verbs, args);
    process.stdout.write(words.map((word) => `${word}\n`).join(""));
    return { facts: {} };
  },
});

async function candidates(verbs: Verbs, words: readonly string[]): Promise<readonly string[]> {
  const typed = words.at(-1) ?? "";
  return (await wordsAfter(verbs, words.slice(0, -1))).filter((word) => word.startsWith(typed));
}

async function wordsAfter(verbs: Verbs, before: readonly string[]): Promise<readonly string[]> {
  const [name, ...words] = before;
  if (name === undefined) return namesOf(verbs);
  const verb = await new Map(Object.entries(verbs)).get(name)?.();
  if (verb === undefined) return [];
  const stack: StackOptions = { ...optionIn(words, "stack"), ...optionIn(words, "cwd") };
  const options = verb.options.map((option) => ({ ...option, name: nameOf(option) }));
  const open = options.find((option) => takesValue(option) && option.name === words.at(-1));
  if (open !== undefined) return find(open.values, stack);
  const names = [...options.map((option) => option.name), ...(verb.json === false ? [] : ["--json"])];
  return [...(await find(verb.arguments, stack)), ...names];
}

async function namesOf(verbs: Verbs): Promise<readonly string[]> {
  const loaded = Object.entries(verbs).map(async ([name, load]) => ({ name, hidden: (await load()).hidden }));
  return (await Promise.all(loaded)).flatMap(({ name, hidden }) => (hidden ? [] : [name]));
}

const nameOf = ({ flags }: Option): string => flags.split(" ", 1).join();

const takesValue = ({ flags }: Option): boolean => flags.includes("<");

function optionIn(words: readonly string[], name: "stack" | "cwd"): StackOptions {
  const value = words[words.indexOf(`--${name}`) + 1];
  return words.includes(`--${name}`) && value !== undefined ? { [name]: value } : {};
}

/** Nothing where nothing is known, or where it cannot be read. */
async function find(values: Values | undefined, stack: StackOptions): Promise<readonly string[]> {
  try {
    return (await values?.(stack)) ?? [];
  } catch {
    return [];
  }
}

/** What stands in braces in a command, its variables or its paths and is filled in when it starts. */
export const placeholders: readonly string[] = ["port", "socket", "content", "scratch", "model", "version", "instance"];

const pattern = /\{([a-z]+(?::[a-z]+)?)\}/g;

/** The names in braces. Other braces are the command's own. */
export const placeholdersIn = (text: string): readonly string[] =>
  [...text.matchAll(pattern)].flatMap(([, name]) => (name === undefined ? [] : [name]));

/** The text with its names filled in; a name without a value stays as it is. */
export const fillIn = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replaceAll(pattern, (whole, name: string) => values.get(name) ?? whole);

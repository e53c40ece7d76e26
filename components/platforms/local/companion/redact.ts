/** A variable whose name ends so holds what is nobody's business. */
const secretName = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$/i;
/** A shorter value would blacken words that have nothing to do with it. */
const LEAST_CHARACTERS = 4;
const LONGEST_LINE = 4_096;

/** Takes what secret variables hold out of a text. @param env the variables that the writer of the text was given */
export function createRedaction(env: Readonly<Record<string, string>>): (text: string) => string {
  const secrets = Object.entries(env)
    .filter(([name, value]) => secretName.test(name) && value.length >= LEAST_CHARACTERS)
    .toSorted(([, one], [, other]) => other.length - one.length);
  return (text) => secrets.reduce((left, [name, value]) => left.replaceAll(value, `[${name}]`), text);
}

/** Calls back with each line of a stream of text, cut where it is too long; the last one need not end. */
export function byLine(write: (line: string) => void): {
  readonly add: (chunk: string) => void;
  readonly end: () => void;
} {
  let begun = "";
  return {
    add(chunk) {
      const lines = `${begun}${chunk}`.split("\n");
      begun = lines.pop() ?? "";
      for (const line of lines) write(line.slice(0, LONGEST_LINE));
      if (begun.length <= LONGEST_LINE) return;
      write(begun);
      begun = "";
    },
    end() {
      if (begun !== "") write(begun);
      begun = "";
    },
  };
}

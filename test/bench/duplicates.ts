/** A file by its path and text. */
export interface Text {
  readonly file: string;
  readonly text: string;
}

/** A run of code that stands at two places, by file and line. */
export interface Duplicate {
  readonly here: string;
  readonly there: string;
  readonly lines: number;
}

interface Line {
  readonly file: string;
  readonly number: number;
  readonly code: string;
}

/** How many lines make a run. */
const RUN = 6;

/** What says nothing by itself: blank lines, comments, imports and lone punctuation. */
const isCode = (code: string): boolean =>
  code !== "" &&
  !/^(?:\/\/|\/\*|\*)/.test(code) &&
  !/^(?:import|export) .* from "/.test(code) &&
  !/^\} from "/.test(code) &&
  !/^[^A-Za-z0-9]*$/.test(code);

function linesOf({ file, text }: Text): readonly Line[] {
  // A list of names over several lines is one import.
  const withoutImports = text.replaceAll(/^import [^;]*;$/gm, (whole) => "\n".repeat(whole.split("\n").length - 1));
  return withoutImports
    .split("\n")
    .map((line, index) => ({ file, number: index + 1, code: line.trim().replaceAll(/\s+/g, " ") }))
    .filter(({ code }) => isCode(code));
}

/** Code that stands twice, to the letter but for white space, in runs of six lines or more; each run once. */
export function findDuplicates(texts: readonly Text[]): readonly Duplicate[] {
  const seen = new Map<string, Line>();
  const found: Duplicate[] = [];
  for (const text of texts) {
    const lines = linesOf(text);
    let covered = 0;
    for (let at = 0; at + RUN <= lines.length; at++) {
      const run = lines.slice(at, at + RUN);
      const key = run.map(({ code }) => code).join("\n");
      const first = run[0];
      const before = seen.get(key);
      if (first === undefined) continue;
      if (before === undefined) seen.set(key, first);
      else if (at >= covered) {
        found.push({ here: `${first.file}:${first.number}`, there: `${before.file}:${before.number}`, lines: RUN });
        covered = at + RUN;
      }
    }
  }
  return found;
}

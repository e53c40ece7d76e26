const MOST_LINES = 5;
const MOST_CHARACTERS = 300;
const LONGEST_DUMP = 60;

/** What an engine complained of in a few lines: each reason once, with a count, without dumps of whole resources. */
export function condense(errors: readonly string[], mostLines: number = MOST_LINES): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of errors.map(shorten)) counts.set(line, (counts.get(line) ?? 0) + 1);
  const lines = [...counts].map(([line, count]) => (count === 1 ? line : `${line} (${count} times)`));
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines), `… and ${lines.length - mostLines} more; MLC_DEBUG=1 with --json shows all`];
}

function shorten(error: string): string {
  const text = withoutDumps(error).replace(/\s*\n\s*/g, " ");
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
}

/** Go prints a resource as `map[key:value …]`, brackets within brackets. */
function withoutDumps(text: string): string {
  const start = text.indexOf("map[");
  if (start === -1) return text;
  const end = endOfDump(text, start);
  const dump = text.slice(start, end);
  return `${text.slice(0, start)}${dump.length > LONGEST_DUMP ? "map[…]" : dump}${withoutDumps(text.slice(end))}`;
}

function endOfDump(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "[") depth += 1;
    if (text[at] === "]" && --depth === 0) return at + 1;
  }
  return text.length;
}

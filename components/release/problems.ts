/** One thing wrong with a release document, complete enough to be put right without reading anything else. */
export interface Problem {
  /** Where it stands in the configuration: `model-lifecycle:release.rollout.weight`. */
  readonly path: string;
  /** What stands there. Never the content of a secret. */
  readonly seen: string;
  /** What may stand there. */
  readonly allowed: string;
  /** What to do about it. */
  readonly cure: string;
}

/** A release document was refused. Carries every problem found, not the first one. */
export class ReleaseError extends Error {
  override readonly name = "ReleaseError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(renderProblems(problems));
    this.problems = problems;
  }
}

/** The problems as text for a terminal. @param subject whose problems they are, as the beginning of a sentence */
export function renderProblems(problems: readonly Problem[], subject = "The release document"): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const blocks = problems.map(
    ({ path, seen, allowed, cure }) => `  ${path}\n    seen:    ${seen}\n    allowed: ${allowed}\n    do this: ${cure}`,
  );
  return `${subject} has ${count}.\n\n${blocks.join("\n\n")}\n`;
}

/** A step down into a document: a key, or a position from 0. */
export type PathSegment = string | number;

/** ["rollout", "steps", 1] → `model-lifecycle:release.rollout.steps[1]`. */
export function renderPath(root: string, segments: readonly PathSegment[]): string {
  return segments.reduce<string>((path, segment) => {
    if (typeof segment === "number") return `${path}[${segment}]`;
    return /^[A-Za-z][\w-]*$/.test(segment) ? `${path}.${segment}` : `${path}[${JSON.stringify(segment)}]`;
  }, root);
}

/** What a value looks like to the person who wrote it. */
export function renderSeen(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null (nothing after the colon)";
  if (value instanceof Date) return `${Number.isNaN(value.getTime()) ? "an invalid" : value.toISOString()} (a date)`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}…` : value);
    case "number":
      return `${value} (a number)`;
    case "boolean":
      return `${value} (a boolean)`;
    case "object": {
      const keys = Object.keys(value);
      return keys.length === 0 ? "an empty object" : `an object with ${renderList(keys.slice(0, 8))}`;
    }
    default:
      return `a ${typeof value}`;
  }
}

/** What a section may hold. */
export function renderKeys(keys: readonly string[]): string {
  return `the ${keys.length === 1 ? "key" : "keys"} ${renderList(keys)}`;
}

/** ["a", "b", "c"] → `a, b, c`. */
export function renderList(words: readonly string[]): string {
  return words.join(", ");
}

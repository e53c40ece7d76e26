/** Answers of stable that must have been seen before another shape means anything. */
const LEARNED_AFTER = 20;
/** A large answer costs more to read than it tells. */
const MOST_BYTES = 64 * 1024;

type Kind = "null" | "boolean" | "number" | "string" | "array" | "object";

const kindOf = (value: unknown): Kind =>
  value === null ? "null" : Array.isArray(value) ? "array" : (typeof value as Kind);

/** An answer's top level: the kinds of its values by key; undefined when it is no JSON object. */
type Shape = ReadonlyMap<string, Kind>;

function shapeOf(body: Buffer): Shape | undefined {
  let content: unknown;
  try {
    content = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  if (kindOf(content) !== "object") return undefined;
  return new Map(Object.entries(content as object).map(([key, value]) => [key, kindOf(value)]));
}

/**
 * What clients of stable can rely on: the keys that every one of its answers had, and the kinds of their values. An
 * answer of another version without them is no answer to a client that was written for stable.
 */
export class AnswerShape {
  #seen = 0;
  /** Keys that all answers had so far, with every kind that was seen under them; undefined: not all were objects. */
  #promised: Map<string, Set<Kind>> | undefined;

  /** Stable answered well. */
  learn(body: Buffer): void {
    if (body.length > MOST_BYTES) return;
    // What does not change any more need not be read each time.
    if (this.#seen > 10 * LEARNED_AFTER && this.#seen++ % 16 !== 0) return;
    const shape = shapeOf(body);
    this.#seen++;
    if (this.#seen === 1) {
      this.#promised = shape && new Map([...shape].map(([key, kind]) => [key, new Set([kind])]));
      return;
    }
    if (this.#promised === undefined) return;
    if (shape === undefined) {
      this.#promised = undefined;
      return;
    }
    for (const [key, kinds] of this.#promised) {
      const kind = shape.get(key);
      if (kind === undefined) this.#promised.delete(key);
      else kinds.add(kind);
    }
  }

  /** Whether a client that was written for stable can read this answer; true while too little is known. */
  fits(body: Buffer): boolean {
    if (this.#promised === undefined || this.#seen < LEARNED_AFTER || body.length > MOST_BYTES) return true;
    const shape = shapeOf(body);
    if (shape === undefined) return false;
    return [...this.#promised].every(([key, kinds]) => {
      const kind = shape.get(key);
      return kind !== undefined && kinds.has(kind);
    });
  }
}

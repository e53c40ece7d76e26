/** Deeper than any evidence is; a document that is deeper was made to exhaust whoever reads it. */
const DEEPEST = 32;

/**
 * The one text of a value: keys sorted by UTF-16 code units, numbers in ECMAScript's form, no white space (RFC 8785). What
 * is undefined is left out, as JSON has it.
 * @throws RangeError on what has no such text: a number that is not finite, half a surrogate pair, more than 32 levels
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > DEEPEST) throw new RangeError(`saw more than ${DEEPEST} levels`);
  if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each ?? null, depth + 1)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, each]) => `${canonicalJson(key)}:${canonicalJson(each, depth + 1)}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError(`saw the number ${value}`);
  if (typeof value === "string" && /\p{Surrogate}/u.test(value))
    throw new RangeError("saw half a surrogate pair in a text");
  return JSON.stringify(value);
}

const STRING_OR_SPACE = /("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g;

/** Whether a text of JSON says what it says in the one way, whatever its white space: no key twice, no second form. */
export const isCanonical = (text: string, value: unknown): boolean =>
  text.replaceAll(STRING_OR_SPACE, "$1") === canonicalJson(value);

/** How a string was written where it stood before. */
export type Quotes = "plain" | "single" | "double";

/** The widest line a small map or list is written on in one piece. */
const WIDTH = 100;

/**
 * Names stand bare. Everything else is quoted, because the engine rewrites what it can take for a number, a time or a
 * boolean. Longer texts are quoted too, so that every hash is, whatever it begins with.
 */
const BARE = /^[A-Za-z][\w./-]{0,31}$/;
const WORDS = /^(true|false|null|yes|no|on|off|y|n)$/i;

/** A value without parts, on one line. @param quotes how it stood there before, which stays where it can */
export function renderScalar(value: unknown, quotes: Quotes = "plain"): string {
  if (typeof value === "number" && !Number.isFinite(value)) return NOT_FINITE[String(value)] ?? ".nan";
  if (typeof value !== "string") return String(value ?? null);
  if (quotes === "plain" && BARE.test(value) && !WORDS.test(value)) return value;
  if (quotes === "single" && /^[\x20-\x7e]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value).replaceAll(UNPRINTABLE, escapeCharacter);
}

const NOT_FINITE: Readonly<Record<string, string>> = { Infinity: ".inf", "-Infinity": "-.inf" };

/** What JSON leaves as it is, and the engine takes for a line end or refuses. */
const UNPRINTABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

const escapeCharacter = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A key of a configuration has a colon in it, and stands bare all the same. */
export const renderKey = (key: string): string =>
  BARE.test(key.replace(":", "-")) && !WORDS.test(key) ? key : renderScalar(key, "double");

/** A text over several lines, as they are. */
export function renderLiteral(value: string, indent: number): string {
  const body = value.replace(/\n$/, "");
  return [`|${body === value ? "-" : ""}`, ...body.split("\n").map((line) => " ".repeat(indent) + line)].join("\n");
}

/** One line, as in `{ phase: deprecated, successor: v1 }`. */
export function renderFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(renderFlow).join(", ")}]`;
  if (!isMapping(value)) return renderScalar(value);
  const pairs = entries(value).map(([key, item]) => renderFlowPair(key, item));
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

/** `phase: deprecated`, on one line. */
export const renderFlowPair = (key: string, value: unknown): string => `${renderKey(key)}: ${renderFlow(value)}`;

/** `key: value` at the given column, without its first indentation and its last line end. */
export const renderBlockPair = (key: string, value: unknown, column: number, step: number): string =>
  `${renderKey(key)}:${renderBlockValue(value, column, step)}`;

/** What follows the colon of a key that stands at `column`. */
export function renderBlockValue(value: unknown, column: number, step: number): string {
  if (isLine(value, column)) return ` ${renderFlow(value)}`;
  const inner = column + step;
  const margin = `\n${" ".repeat(inner)}`;
  if (Array.isArray(value)) {
    return value.map((item) => `${margin}- ${renderItem(item, inner + 2, step)}`).join("");
  }
  return entries(value)
    .map(([key, item]) => margin + renderBlockPair(key, item, inner, step))
    .join("");
}

/** A whole document, without its last line end. */
export const renderDocument = (value: unknown, step: number): string =>
  renderBlockValue(value, -step, step).trimStart();

/** What follows the dash of an item, itself `column` wide with its dash. */
export function renderItem(item: unknown, column: number, step: number): string {
  if (!isMapping(item) || isLine(item, column)) return renderFlow(item);
  return entries(item)
    .map(([key, value]) => renderBlockPair(key, value, column, step))
    .join(`\n${" ".repeat(column)}`);
}

/** What is written on one line: a scalar, what is empty, and a small map or list of scalars. */
function isLine(value: unknown, column: number): boolean {
  const items: readonly unknown[] = typeof value === "object" && value !== null ? Object.values(value) : [];
  if (items.length === 0) return true;
  const isShallow = items.every((item) => typeof item !== "object" || item === null);
  return isShallow && column + renderFlow(value).length <= WIDTH;
}

/** Plain data with keys: neither a list nor a scalar. */
export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const entries = (value: unknown): readonly (readonly [string, unknown])[] =>
  isMapping(value) ? Object.entries(value) : [];

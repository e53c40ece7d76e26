/** How a string was written where it stood before. */
export type Quotes = "plain" | "single" | "double";

/** The widest line a small map or list is written on in one piece. */
const WIDTH = 100;

/**
 * Names stand bare. Everything else is quoted, because the engine rewrites what it can take for a number, a time or a
 * boolean; the length keeps hashes out, which are digits alone now and then.
 */
const BARE = /^[A-Za-z][\w./-]{0,31}$/;
const WORDS = /^(true|false|null|yes|no|on|off|y|n)$/i;

export function renderScalar(value: unknown, quotes: Quotes = "plain"): string {
  if (typeof value !== "string") return JSON.stringify(value ?? null);
  if (quotes === "plain" && BARE.test(value) && !WORDS.test(value)) return value;
  if (quotes === "single" && /^[\x20-\x7e]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value);
}

/** One line, as in `{ phase: deprecated, successor: v1 }`. */
export function renderFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(renderFlow).join(", ")}]`;
  if (!isMapping(value)) return renderScalar(value);
  const pairs = entries(value).map(([key, item]) => renderFlowPair(key, item));
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

export const renderFlowPair = (key: string, value: unknown): string => `${renderScalar(key)}: ${renderFlow(value)}`;

/** `key: value` at the given column, without its first indentation and its last line end. */
export const renderBlockPair = (key: string, value: unknown, column: number, step: number): string =>
  `${renderScalar(key)}:${renderBlockValue(value, column, step)}`;

/** What follows the colon of a key that stands at `column`. */
export function renderBlockValue(value: unknown, column: number, step: number): string {
  const inline = renderFlow(value);
  if (isShallow(value) && column + inline.length <= WIDTH) return ` ${inline}`;
  const inner = column + step;
  const margin = `\n${" ".repeat(inner)}`;
  if (Array.isArray(value)) {
    return value.map((item) => `${margin}- ${renderItem(item, inner + 2, step)}`).join("");
  }
  return entries(value)
    .map(([key, item]) => margin + renderBlockPair(key, item, inner, step))
    .join("");
}

function renderItem(item: unknown, column: number, step: number): string {
  if (!isMapping(item) || (isShallow(item) && column + renderFlow(item).length <= WIDTH)) return renderFlow(item);
  return entries(item)
    .map(([key, value]) => renderBlockPair(key, value, column, step))
    .join(`\n${" ".repeat(column)}`);
}

/** A scalar, or a map or list of scalars, which is easiest to read on one line. */
const isShallow = (value: unknown): boolean =>
  typeof value !== "object" ||
  value === null ||
  Object.values(value).every((item) => typeof item !== "object" || item === null);

export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const entries = (value: unknown): readonly (readonly [string, unknown])[] =>
  isMapping(value) ? Object.entries(value) : [];

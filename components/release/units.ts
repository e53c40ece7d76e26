/** A share of a whole in per cent: "0%" to "100%", at most two decimals. */
export type Percent = `${number}%`;

/** A difference of two shares in percentage points: more than "0pp", up to "100pp", at most two decimals. */
export type Points = `${number}pp`;

/** A difference of two means in the metric's own units: above "0", at most seven digits and four decimals, such as "2.50". */
export type Amount = `${number}`;

/** From where to where values lie, in their own units: at most seven digits and four decimals each, such as "0 to 500". */
export type ValueRange = `${number} to ${number}`;

/** A length of time: a whole number and a unit, such as "50 ms", "10 seconds", "5 minutes", "2 hours" or "3 days". */
export type Duration =
  `${number} ${"ms" | "second" | "seconds" | "minute" | "minutes" | "hour" | "hours" | "day" | "days"}`;

/** A share as a decimal number: "0" to "1", at most four decimals, such as "0.80". */
export type Share = `${number}`;

/** A moment in UTC as RFC 3339 writes it: "2027-05-31T00:00:00Z". */
export type Timestamp = string;

/** The form of a `Percent`. */
export const percentPattern: RegExp = /^(?:100(?:\.0{1,2})?|[1-9]?\d(?:\.\d{1,2})?)%$/;

/** The form of a ratio to stable: "0%" to "1000%". */
export const relativePattern: RegExp = /^(?:1000|[1-9]?\d{1,2}|\d)(?:\.\d{1,2})?%$/;

/** The form of `Points`. */
export const pointsPattern: RegExp = /^(?:100(?:\.0{1,2})?|[1-9]?\d(?:\.\d{1,2})?)pp$/;

/** The form of an `Amount`. */
export const amountPattern: RegExp = /^\d{1,7}(?:\.\d{1,4})?$/;

/** The form of a `ValueRange`; that its numbers rise is not in it. */
export const rangePattern: RegExp = /^-?\d{1,7}(?:\.\d{1,4})? to -?\d{1,7}(?:\.\d{1,4})?$/;

/** The form of a `Duration`. */
export const durationPattern: RegExp = /^[1-9]\d{0,5} (?:ms|seconds?|minutes?|hours?|days?)$/;

/** The form of a `Share`. */
export const sharePattern: RegExp = /^(?:0(?:\.\d{1,4})?|1(?:\.0{1,4})?)$/;

/** The form of a `Timestamp`. */
export const timestampPattern: RegExp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/;

const unitMs = { ms: 1, second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** "5%" → 500 basis points. */
export function parsePercent(text: Percent): number {
  // Two decimals make the product a whole number; rounding only removes what binary fractions add.
  return Math.round(numberIn(text) * 100);
}

/** "0.5pp" → 0.005, a difference of shares. */
export function parsePoints(text: Points): number {
  return Math.round(numberIn(text) * 100) / 10_000;
}

/** "20%" → 0.2, a ratio. */
export function parseRelative(text: Percent): number {
  return Math.round(numberIn(text) * 100) / 10_000;
}

/** "0.5pp" → a difference of 0.005, "20%" → a ratio of 0.2, "2.50" → a difference of 2.5 in the metric's own units. */
export function parseMargin(text: Points | Percent | Amount): {
  readonly kind: "absolute" | "relative";
  readonly value: number;
} {
  if (isPercent(text)) return { kind: "relative", value: parseRelative(text) };
  return { kind: "absolute", value: isPoints(text) ? parsePoints(text) : Number(text) };
}

const isPercent = (text: string): text is Percent => text.endsWith("%");
const isPoints = (text: string): text is Points => text.endsWith("pp");

/** "0 to 500" → from 0 to 500. */
export function parseRange(text: ValueRange): { readonly least: number; readonly most: number } {
  const [least, most] = text.split(" to ").map((bound) => Number(bound) || 0); // "-0" is 0
  if (least === undefined || most === undefined) throw new RangeError(`"${text}" is no range such as "0 to 500"`);
  return { least, most };
}

/** "5 minutes" → 300,000 milliseconds. */
export function parseDuration(text: Duration): number {
  const unit = text.slice(text.indexOf(" ") + 1).replace(/(?<!m)s$/, "");
  if (!isUnit(unit)) throw new RangeError(`"${text}" is not a duration such as "5 minutes"`);
  return numberIn(text) * unitMs[unit];
}

/** "0.80" → 0.8. */
export function parseShare(text: Share): number {
  return Number(text);
}

/** "2027-05-31T00:00:00Z" → milliseconds since 1970; NaN when the calendar has no such moment. */
export function parseTimestamp(text: Timestamp): number {
  const ms = timestampPattern.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse carries 30 February over into March.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== text.slice(0, 19) ? Number.NaN : ms;
}

/** 500 basis points → "5%". */
export function renderPercent(basisPoints: number): Percent {
  return `${basisPoints / 100}%`;
}

function numberIn(text: string): number {
  const value = Number.parseFloat(text);
  if (Number.isNaN(value)) throw new RangeError(`"${text}" holds no number`);
  return value;
}

function isUnit(unit: string): unit is keyof typeof unitMs {
  return Object.hasOwn(unitMs, unit);
}

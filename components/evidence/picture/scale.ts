/** Puts a value of a range to its place in the drawing. */
export type Scale = (value: number) => number;

/** A range of values over a range of places; what lies outside goes on in the same proportion. */
export const linear =
  ([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale =>
  (value) =>
    start + ((value - from) / (to - from || 1)) * (end - start);

/** A place on an axis, and what stands there. */
export interface Tick {
  readonly value: number;
  readonly text: string;
}

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;
/** Round spans of time in s, each with the unit that its ticks are told in. */
const SPANS: readonly (readonly [span: number, unit: number, name: string])[] = [
  ...[1, 2, 5, 10, 15, 30].map((s) => [s, 1, "s"] as const),
  ...[1, 2, 5, 10, 15, 30].map((m) => [m * MINUTE, MINUTE, "min"] as const),
  ...[1, 2, 3, 6, 12].map((h) => [h * HOUR, HOUR, "h"] as const),
  ...[1, 2, 5, 10, 30, 100, 300, 1_000].map((d) => [d * DAY, DAY, "d"] as const),
];
const MOST_TICKS = 8;

/** Round times from 0 up to `seconds`, at most nine of them. */
export function timeTicks(seconds: number): readonly Tick[] {
  const [span, unit, name] = SPANS.find(([each]) => seconds / each <= MOST_TICKS) ?? [
    seconds / MOST_TICKS || 1,
    DAY,
    "d",
  ];
  const count = Math.floor(seconds / span + 1e-9) + 1;
  return Array.from({ length: count }, (_, i) => ({
    value: i * span,
    text: i === 0 ? "0" : `${round((i * span) / unit)} ${name}`,
  }));
}

/** Powers of ten between two natural logarithms, at most six: the values of an axis of e-values. */
export function powerTicks(least: number, most: number): readonly Tick[] {
  const [from, to] = [Math.ceil(least / Math.LN10), Math.floor(most / Math.LN10)];
  const stride = STRIDES.find((each) => (to - from) / each <= 5) ?? Math.ceil((to - from) / 5);
  const first = Math.ceil(from / stride) * stride;
  const count = Math.max(0, Math.floor((to - first) / stride) + 1);
  return Array.from({ length: count }, (_, i) => first + i * stride).map((power) => ({
    value: power * Math.LN10,
    text: renderE(power * Math.LN10),
  }));
}

const STRIDES: readonly number[] = [1, 2, 3, 5, 10, 20, 50, 100];

/** Round shares from 0 up to at least `share`, five at most. */
export function shareTicks(share: number): readonly Tick[] {
  const [top, parts] = TOPS.find(([each]) => each >= share) ?? [1, 4];
  const values = Array.from({ length: parts + 1 }, (_, i) => (top * i) / parts);
  return values.map((value) => ({ value, text: renderShare(value) }));
}

/** The highest share of an axis, and into how many round parts it falls. */
const TOPS: readonly (readonly [top: number, parts: number])[] = [
  ...[0.001, 0.01, 0.1].flatMap((unit) => [
    [unit, 5] as const,
    [2 * unit, 4] as const,
    [3 * unit, 3] as const,
    [6 * unit, 3] as const,
  ]),
  [1, 4],
];

/** An e-value from its natural logarithm: `0.001`, `20`, `10⁶`. */
export function renderE(log: number): string {
  const power = log / Math.LN10;
  if (Math.abs(power) < 3.5) return round(Math.exp(log));
  return `10${[...String(Math.round(power))].map((digit) => SUPERSCRIPTS.get(digit) ?? digit).join("")}`;
}

const SUPERSCRIPTS: ReadonlyMap<string, string> = new Map(
  [..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((sign, digit) => [String(digit), sign] as const),
).set("-", "⁻");

/** A share as a person reads it: `0.03 %`, `25 %`. */
export const renderShare = (share: number): string => `${round(share * 100)} %`;

/** A latency as a person reads it: `97.5 ms`, `1.28 s`. */
export const renderMs = (ms: number): string => (ms < 1_000 ? `${round(ms)} ms` : `${round(ms / 1_000)} s`);

/** Three digits. */
const round = (value: number): string => String(Number(value.toPrecision(3)));

/** One measured number and the bar it is held against. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Empty when the figure is only told. */
  readonly bar: string;
  readonly verdict: "holds" | "missed" | "told";
  /** How it was taken: runs, spread, what it was compared with. */
  readonly detail: string;
}

type Bar = { readonly atMost: number } | { readonly atLeast: number };

export function figure(name: string, value: number, unit: string, bar: Bar, detail: string): Figure {
  const [text, holds] =
    "atMost" in bar ? [`<= ${bar.atMost}`, value <= bar.atMost] : [`>= ${bar.atLeast}`, value >= bar.atLeast];
  return { name, value: rounded(value), unit, bar: text, verdict: holds ? "holds" : "missed", detail };
}

/** A figure without a bar. */
export const told = (name: string, value: number, unit: string, detail: string): Figure => ({
  ...{ name, value: rounded(value), unit, bar: "", verdict: "told", detail },
});

const rounded = (value: number): number => Number(value.toPrecision(4));

/** The value that this share of the values does not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

import { InputError } from "../errors.ts";
import type { Precision } from "../manifest.ts";

/** How the named numbers of a request become the columns of a model. */
export interface Columns {
  readonly inputs: readonly string[];
  readonly precision: Precision;
  /** A feature may be null; it is not a number then. */
  readonly missing: boolean;
  /** What is taken off each column, and what it is then divided by. */
  readonly standard?: Standard | undefined;
}

/** A column's mean is taken off, and what is left divided by its scale. */
export interface Standard {
  readonly mean: readonly number[];
  readonly scale: readonly number[];
}

/** Reads `features` of a request; every error is the caller's. */
export function createReader({
  inputs,
  precision,
  missing,
  standard,
}: Columns): (features: unknown) => readonly number[] {
  const known = new Set(inputs);
  const round = precision === "float32" ? Math.fround : (value: number) => value;
  const shifted = (value: number, at: number): number =>
    standard === undefined ? value : (value - (standard.mean[at] ?? 0)) / (standard.scale[at] ?? 1);
  return (features) => {
    if (!isRecord(features)) throw new InputError(`expected "features", an object with ${inputs.join(", ")}`);
    for (const name in features) {
      if (known.has(name)) continue;
      throw new InputError(`unknown feature "${name.slice(0, 64)}"; the model knows ${inputs.join(", ")}`);
    }
    return inputs.map((name, at) => {
      const value = Object.hasOwn(features, name) ? features[name] : undefined;
      if (missing && value === null) return Number.NaN;
      if (typeof value !== "number" || !Number.isFinite(value))
        throw new InputError(`expected feature "${name}", a finite number${missing ? " or null" : ""}`);
      const rounded = round(shifted(value, at));
      if (!Number.isFinite(rounded))
        throw new InputError(`expected feature "${name}", a number that ${precision} holds`);
      return rounded;
    });
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

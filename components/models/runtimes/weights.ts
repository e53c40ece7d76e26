import { z } from "zod";
import type { Standard } from "./numbers.ts";

/** What both runtimes of numbers may say of their columns. */
export const standard: z.ZodExactOptional<z.ZodType<Standard>> = z
  .strictObject({
    mean: z.array(z.number()),
    scale: z.array(z.number().refine((value) => value !== 0, "expected a number that is not 0")),
  })
  .exactOptional();

/** The numbers of a leaf or an intercept: one for each output, also where there is only one. */
export const numbersOf = (value: number | readonly number[]): readonly number[] =>
  typeof value === "number" ? [value] : value;

/** @throws z.ZodError unless there is a mean and a scale for each column */
export function checkStandard(given: Standard | undefined, columns: number): void {
  if (given === undefined || (given.mean.length === columns && given.scale.length === columns)) return;
  throw new z.ZodError([
    { code: "custom", path: ["standard"], message: `expected ${columns} numbers in mean and in scale`, input: given },
  ]);
}

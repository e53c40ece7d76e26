import { z } from "zod";
import { InputError } from "../errors.ts";
import { createFeaturiser, type FeaturiserOptions } from "../featuriser.ts";
import type { LinearManifest } from "../manifest.ts";
import { createReader } from "./numbers.ts";
import type { Scorer } from "./scorer.ts";
import { checkStandard, numbersOf, standard } from "./weights.ts";

const textWeights = z.strictObject({ intercept: z.number(), weights: z.array(z.number()) });

/**
 * Hashed features of a text: `output = intercept + Σ weights[feature]`.
 * @throws z.ZodError when the weights do not fit the featuriser
 */
export function createTextScorer(featuriser: FeaturiserOptions, content: unknown): Scorer {
  const { dims } = featuriser;
  const { intercept, weights } = textWeights
    .refine((parsed) => parsed.weights.length === dims, {
      path: ["weights"],
      error: `expected ${dims} numbers (featuriser.dims)`,
    })
    .parse(content);
  const featurise = createFeaturiser(featuriser);
  const table = Float64Array.from(weights);
  return ({ text }) => {
    if (typeof text !== "string") throw new InputError('expected "text", a string');
    let output = intercept;
    for (const feature of featurise(text)) output += table[feature] ?? 0;
    return [output];
  };
}

const numericWeights = z.strictObject({
  intercept: z.union([z.number(), z.array(z.number()).min(1)], "expected a number, or a list with one for each output"),
  weights: z.array(z.union([z.number(), z.array(z.number())])).min(1),
  standard,
});

/**
 * Named numbers: `output = intercept + Σ weight · feature`, once for each output.
 * @throws z.ZodError when the weights do not fit the inputs
 */
export function createLinearScorer(
  { inputs }: Pick<LinearManifest, "inputs">,
  content: unknown,
): Scorer & { outputs: number } {
  const { intercept, weights, standard } = numericWeights.parse(content);
  checkStandard(standard, inputs.length);
  const intercepts = numbersOf(intercept);
  const rows = typeof intercept === "number" ? [weights] : weights;
  const table = rows.map((row) => (Array.isArray(row) ? row : []));
  const fits =
    table.length === intercepts.length &&
    table.every((row) => row.length === inputs.length && row.every((each) => typeof each === "number"));
  if (!fits) {
    const shape =
      typeof intercept === "number"
        ? `${inputs.length} numbers`
        : `${intercepts.length} lists of ${inputs.length} numbers`;
    throw new z.ZodError([{ code: "custom", path: ["weights"], message: `expected ${shape}`, input: weights }]);
  }
  const read = createReader({ inputs, precision: "float64", missing: false, standard });
  const score: Scorer = ({ features }) => {
    const values = read(features);
    return intercepts.map((start, output) =>
      values.reduce<number>((sum, value, at) => sum + value * Number(table[output]?.[at]), start),
    );
  };
  return Object.assign(score, { outputs: intercepts.length });
}

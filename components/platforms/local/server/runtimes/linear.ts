import { z } from "zod";
import { InputError } from "../errors.ts";
import { createFeaturiser } from "../featuriser.ts";
import type { LinearManifest } from "../manifest.ts";
import { logistic, type Scorer } from "./scorer.ts";

const linearWeights = z.strictObject({ intercept: z.number(), weights: z.array(z.number()) });

/**
 * Logistic regression over hashed features: `score = logistic(intercept + Σ weights[feature])`.
 * @throws z.ZodError when the weights do not fit the manifest
 */
export function createLinearScorer({ featuriser }: Pick<LinearManifest, "featuriser">, content: unknown): Scorer {
  const { dims } = featuriser;
  const { intercept, weights } = linearWeights
    .refine((parsed) => parsed.weights.length === dims, {
      path: ["weights"],
      error: `expected ${dims} numbers (featuriser.dims)`,
    })
    .parse(content);
  const featurise = createFeaturiser(featuriser);
  const table = Float64Array.from(weights);
  return ({ text }) => {
    if (typeof text !== "string") throw new InputError('expected "text", a string');
    let logOdds = intercept;
    for (const feature of featurise(text)) logOdds += table[feature] ?? 0;
    return logistic(logOdds);
  };
}

/**
 * The trained part of a model: one input in, the probability of the second label out.
 * The input comes from a request body and is checked by the runtime.
 * @throws InputError when the input does not fit the model
 */
export type Scorer = (input: ModelInput) => number;

/** What a request carries: text for a linear model, named numbers for trees. */
export interface ModelInput {
  readonly text?: unknown;
  readonly features?: unknown;
}

/** The logistic function: log-odds to probability. */
export function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/**
 * The trained part of a model: one input in, its outputs before the link out: one for a probability or an amount, one a label
 * for more. The input comes from a request body and is checked by the runtime.
 * @throws InputError when the input does not fit the model
 */
export type Scorer = (input: ModelInput) => readonly number[];

/** What a request carries: text, or named numbers. */
export interface ModelInput {
  readonly text?: unknown;
  readonly features?: unknown;
}

/** The logistic function: log-odds to probability. */
export function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/** The probability that a model of two labels means. */
export const probabilityOf = ([logOdds = Number.NaN]: readonly number[]): number => logistic(logOdds);

import type { Random } from "../../stage/random.ts";

/** Feature indices, one per occurrence, and whether the second label is the right answer. */
export interface Sample {
  readonly features: readonly number[];
  readonly positive: boolean;
}

export interface LogisticRegressionSettings {
  readonly dims: number;
  readonly epochs: number;
  /** Step size of the first epoch; the n-th uses 1/n of it. */
  readonly rate: number;
  readonly random: Random;
}

export interface Coefficients {
  readonly intercept: number;
  readonly weights: readonly number[];
}

/** Stochastic gradient descent on the log loss, in an order drawn anew for each epoch. */
export function trainLogisticRegression(
  samples: readonly Sample[],
  { dims, epochs, rate, random }: LogisticRegressionSettings,
): Coefficients {
  const weights = new Float64Array(dims);
  let intercept = 0;
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    for (const { features, positive } of random.shuffle(samples)) {
      const logOdds = features.reduce((sum, feature) => sum + (weights[feature] ?? 0), intercept);
      const step = (rate / epoch) * ((positive ? 1 : 0) - 1 / (1 + Math.exp(-logOdds)));
      intercept += step;
      for (const feature of features) weights[feature] = (weights[feature] ?? 0) + step;
    }
  }
  return { intercept: round(intercept), weights: Array.from(weights, round) };
}

/** Four decimals: the file stays small and no accuracy is lost. */
function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

import { logistic } from "./runtimes/scorer.ts";

/** What makes answers of a model's outputs: probabilities by `logistic` or `softmax`, a positive amount by `exp`, or what they are. */
export type Link = "logistic" | "softmax" | "identity" | "exp";

type Apply = (outputs: readonly number[]) => readonly number[];

/** @see https://scikit-learn.org/stable/modules/generated/sklearn.utils.extmath.softmax.html: the largest is taken off first, so that none overflows */
function softmax(outputs: readonly number[]): readonly number[] {
  const most = outputs.reduce((largest, each) => Math.max(largest, each), Number.NEGATIVE_INFINITY);
  const powers = outputs.map((each) => Math.exp(each - most));
  const sum = powers.reduce((total, each) => total + each, 0);
  return powers.map((each) => each / sum);
}

/** What each link makes of the outputs, in their order. */
export const links: Readonly<Record<Link, Apply>> = {
  logistic: (outputs) => outputs.map(logistic),
  softmax,
  identity: (outputs) => outputs,
  exp: (outputs) => outputs.map(Math.exp),
};

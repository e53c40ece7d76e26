import { links } from "./link.ts";
import type { AnswerFacts, Precision } from "./manifest.ts";

/** What a model says of one input. */
export interface Prediction {
  readonly label: string;
  /** Of two labels, the probability of the second; of more, that of the one answered; of an amount, the amount. */
  readonly score: number;
}

/** From the outputs of a model's weights to its answer. */
export interface Decide {
  /** Each output after the link. */
  values(outputs: readonly number[]): readonly number[];
  prediction(values: readonly number[]): Prediction;
}

/** Compiles what is said of answers; `sums` is what they are rounded to. */
export function createDecide({ link = "logistic", labels, threshold = 0 }: AnswerFacts, sums: Precision): Decide {
  const apply = links[link];
  const [first = "", second = first] = labels;
  return {
    values: (outputs) => (sums === "float32" ? apply(outputs).map(Math.fround) : apply(outputs)),
    prediction(values) {
      if (values.length === 1) {
        const [score = Number.NaN] = values;
        return { label: score >= threshold ? second : first, score };
      }
      const at = indexOfLargest(values);
      return { label: labels[at] ?? first, score: values[labels.length === 2 ? 1 : at] ?? Number.NaN };
    },
  };
}

/** The first of equals, as `numpy.argmax` has it. */
function indexOfLargest(values: readonly number[]): number {
  let at = 0;
  for (let index = 1; index < values.length; index += 1) if ((values[index] ?? 0) > (values[at] ?? 0)) at = index;
  return at;
}

/** From predictions and labels to outcomes: 0 is right, 1 is wrong, between them partly. */
import type { ColumnKind, Value } from "./window.ts";

/** A prediction and a label a row, in the order of the rows; null where it is missing. */
export interface Labelled {
  readonly predictions: readonly Value[];
  readonly labels: readonly Value[];
}

/**
 * What an outcome is.
 * - `wrong`: categories; 1 where prediction and label differ
 * - `brier`: scores from 0 to 1 for labels 0 and 1; the squared difference
 * - `far`: other numbers; 1 where the prediction is further off than nine of ten of the reference's were
 */
export type OutcomeKind = "wrong" | "brier" | "far";

/** Outcomes of the rows that have both a prediction and a label. */
export interface Outcomes {
  readonly kind: OutcomeKind;
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/** The outcomes of both windows, by what the reference holds. `columns` is what both its columns are. */
export function outcomesOf(columns: ColumnKind, reference: Labelled, current: Labelled): Outcomes {
  const [before, now] = [pairsOf(reference), pairsOf(current)];
  if (columns === "category") {
    const wrong = ([prediction, label]: Pair): number => (String(prediction) === String(label) ? 0 : 1);
    return { kind: "wrong", reference: before.map(wrong), current: now.map(wrong) };
  }
  if ([...before, ...now].every(isScore)) {
    const brier = (pair: Pair): number => gap(pair) ** 2;
    return { kind: "brier", reference: before.map(brier), current: now.map(brier) };
  }
  const gaps = before.map(gap).toSorted((a, b) => a - b);
  const usual = gaps[Math.ceil(gaps.length * 0.9) - 1] ?? 0;
  const far = (pair: Pair): number => (gap(pair) > usual ? 1 : 0);
  return { kind: "far", reference: before.map(far), current: now.map(far) };
}

type Pair = readonly [prediction: number | string, label: number | string];

function pairsOf({ predictions, labels }: Labelled): readonly Pair[] {
  return predictions.flatMap((prediction, i): readonly Pair[] => {
    const label = labels[i] ?? null;
    return prediction === null || label === null ? [] : [[prediction, label]];
  });
}

const gap = ([prediction, label]: Pair): number => Math.abs(Number(prediction) - Number(label));

const isScore = ([prediction, label]: Pair): boolean =>
  (label === 0 || label === 1) && Number(prediction) >= 0 && Number(prediction) <= 1;

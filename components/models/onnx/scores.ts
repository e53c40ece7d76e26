import type { InferenceSession, OnnxValue } from "onnxruntime-node";

/** The output of a graph that answers are made of. */
export interface Scores {
  readonly name: string;
  /** Numbers a row; absent where the graph does not say. */
  readonly outputs?: number;
}

const FLOATS = ["float32", "float64"];

/**
 * The output that was named, or the only one of fractions: classifiers answer a label beside.
 * @throws Error when there is not one
 */
export function chooseScores(metadata: readonly InferenceSession.ValueMetadata[], named: string | undefined): Scores {
  const all = metadata.map(({ name }) => name).join(", ");
  const fractions = metadata.filter((each) => each.isTensor && FLOATS.includes(each.type));
  const found = named === undefined ? fractions : fractions.filter(({ name }) => name === named);
  const [only] = found;
  if (only?.isTensor && found.length === 1) {
    const [, columns = 1] = only.shape;
    if (only.shape.length > 2)
      throw new Error(`output ${only.name} has ${only.shape.length} dimensions; allowed are 2`);
    return { name: only.name, ...(typeof columns === "number" && columns >= 0 && { outputs: columns }) };
  }
  if (named !== undefined)
    throw new Error(`model.json: graph.scores: seen "${named}"; its tensors of fractions are ${list(fractions)}`);
  if (fractions.length > 1)
    throw new Error(`several outputs could be the scores, ${list(fractions)}: name one in model.json: graph.scores`);
  const maps = metadata.some(({ isTensor }) => !isTensor);
  throw new Error(
    maps
      ? `the scores are a list of maps, not a tensor (outputs: ${all}): export the model with zipmap switched off`
      : `no output is a tensor of fractions (outputs: ${all})`,
  );
}

const list = (each: readonly { readonly name: string }[]): string => each.map(({ name }) => name).join(", ") || "none";

/**
 * The numbers of each row.
 * @throws Error when it answers something that is no answer
 */
export function readScores(answer: OnnxValue | undefined, rows: number): readonly (readonly number[])[] {
  const cells = Array.from((answer?.data ?? []) as ArrayLike<number>);
  const columns = cells.length / rows;
  if (columns === 0 || !Number.isInteger(columns)) {
    throw new Error(`the graph answered ${cells.length} numbers for ${rows} rows`);
  }
  if (!cells.every(Number.isFinite)) throw new Error("the graph answered something that is no number");
  return Array.from({ length: rows }, (_, row) => cells.slice(row * columns, (row + 1) * columns));
}

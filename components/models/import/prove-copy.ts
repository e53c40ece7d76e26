import { z } from "zod";
import { ModelFilesError } from "../errors.ts";
import type { ModelInput } from "../runtimes/scorer.ts";
import type { ServedModel } from "../served-model.ts";

/** How far a number of the copy may be from the library's: this much, or this share of it where that is more. */
export const TOLERANCE = 1e-6;

/** One row with what the library answered. */
export interface Sample {
  /** The columns in their order, null is missing; or the text. */
  readonly row: readonly (number | null)[] | string;
  /** Its probabilities or its amount. */
  readonly output: number | readonly number[];
  /** Its class; none for an amount. */
  readonly label?: string | number | boolean | undefined;
}

/** What came of asking a copy all samples. */
export interface CopyProof {
  readonly rows: number;
  readonly labelsThatDiffer: number;
  /** The largest difference of a number, as a share of it where it is beyond 1. */
  readonly worst: number;
  /** The first row that differs, from 1; 0 when none does. */
  readonly firstRow: number;
}

const sample = z.strictObject({
  row: z.union([z.array(z.number().nullable()), z.string()]),
  output: z.union([z.number(), z.array(z.number()).min(1)]),
  label: z.union([z.string(), z.number(), z.boolean()]).optional(),
});

/**
 * Reads one JSON object a line.
 * @throws ModelFilesError naming the first line that is none
 */
export function parseSamples(text: string): readonly Sample[] {
  const lines = text.split("\n").map((line) => line.trim());
  const samples = lines.flatMap((line, at) => (line === "" ? [] : [parseLine(line, at + 1)]));
  if (samples.length === 0)
    throw new ModelFilesError("there is no sample row: a copy is proven by what the library answers");
  return samples;
}

function parseLine(line: string, number: number): Sample {
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch {
    throw new ModelFilesError(`line ${number} is no JSON; a missing number is null, not NaN`);
  }
  const parsed = sample.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new ModelFilesError(
    `line ${number}: expected {"row": [numbers] or "text", "output": number or numbers, "label": …}`,
  );
}

/**
 * Asks the copy every row, and compares label and numbers with the library's. `own` are the library's names of the classes in
 * their order, where the copy has others; samples may have either.
 * @throws ModelFilesError when a row does not fit the model
 */
export async function compareCopy(
  model: ServedModel,
  samples: readonly Sample[],
  own: readonly string[] = [],
): Promise<CopyProof> {
  const { labels } = model.manifest;
  const haveAll = (names: readonly string[]): boolean =>
    samples.every(({ label }) => label === undefined || names.includes(String(label)));
  const names = !haveAll(labels) && haveAll(own) ? own : labels;
  const inputs = samples.map(({ row }, at) => inputOf(model, row, at + 1));
  const answers = await model.valuesAll(inputs);
  const predictions = await model.predictAll(inputs);
  let [labelsThatDiffer, worst, firstRow] = [0, 0, 0];
  samples.forEach(({ output, label }, at) => {
    const values = answers[at] ?? [];
    const outputs = typeof output === "number" ? [output] : output;
    const both = values.length === 1 && outputs.length === 2 ? [1 - (values[0] ?? 0), ...values] : values;
    if (both.length !== outputs.length) {
      throw new ModelFilesError(`row ${at + 1} has ${outputs.length} outputs, the model ${values.length}`);
    }
    const distance = outputs.reduce((most, each, index) => Math.max(most, difference(each, both[index])), 0);
    const isOther = label !== undefined && names[labels.indexOf(predictions[at]?.label ?? "")] !== String(label);
    if (isOther) labelsThatDiffer += 1;
    worst = Math.max(worst, distance);
    if (firstRow === 0 && (isOther || distance > TOLERANCE)) firstRow = at + 1;
  });
  return { rows: samples.length, labelsThatDiffer, worst, firstRow };
}

const difference = (one: number, other = Number.POSITIVE_INFINITY): number =>
  Math.abs(one - other) / Math.max(1, Math.abs(one));

function inputOf({ manifest: { inputs }, readsText }: ServedModel, row: Sample["row"], number: number): ModelInput {
  if (typeof row === "string" || readsText) {
    if (typeof row === "string" && readsText) return { text: row };
    throw new ModelFilesError(
      `row ${number} is ${readsText ? "no" : "a"} text; the model reads ${readsText ? "one" : "numbers"}`,
    );
  }
  if (row.length !== inputs.length) {
    throw new ModelFilesError(`row ${number} has ${row.length} columns; the model has ${inputs.length}`);
  }
  return { features: Object.fromEntries(inputs.map((name, column) => [name, row[column] ?? null])) };
}

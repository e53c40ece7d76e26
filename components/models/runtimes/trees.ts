import { z } from "zod";
import type { Precision, TreesManifest } from "../manifest.ts";
import { compileTree } from "./compile-tree.ts";
import { createReader, type Standard } from "./numbers.ts";
import type { Scorer } from "./scorer.ts";
import { leafOf, type TreeNode } from "./tree.ts";
import { checkStandard, numbersOf, standard } from "./weights.ts";

/** A forest as `weights.json` has it. */
export interface TreesWeights {
  /** What the sums begin with: a number, or one for each output. */
  readonly intercept: number | readonly number[];
  readonly trees: readonly TreeNode[];
  /** The output that each tree adds to. @default the only one; a leaf with a list of numbers adds to all */
  readonly adds?: readonly number[];
  /** The outputs are divided by the number of trees, before the intercept is added. @default false */
  readonly average?: boolean;
  /** What every sum is rounded to, the answer as well. @default "float64" */
  readonly sums?: Precision;
  readonly standard?: Standard;
}

const someNode = z.looseObject({}, "expected a leaf { value } or a split { feature, below, yes, no }");
const treesWeights = z.strictObject({
  intercept: z.union([z.number(), z.array(z.number()).min(1)], "expected a number, or a list with one for each output"),
  trees: z.array(someNode).min(1),
  adds: z.array(z.int().min(0)).exactOptional(),
  average: z.boolean().exactOptional(),
  sums: z.enum(["float32", "float64"]).exactOptional(),
  standard,
});

/**
 * Additive trees: `output = intercept + Σ leaf values`. One decision tree is a list of one.
 * @throws z.ZodError when the weights do not fit the manifest
 */
export function createTreesScorer(
  { inputs, precision = "float64", missing }: Pick<TreesManifest, "inputs" | "precision" | "missing">,
  content: unknown,
): Scorer & { readonly outputs: number; readonly sums: Precision } {
  const { intercept, trees, adds, average = false, sums = "float64", standard } = treesWeights.parse(content);
  checkStandard(standard, inputs.length);
  const start = numbersOf(intercept);
  const outputs = start.length;
  checkAdds(adds, trees.length, outputs);
  const compiled = { inputs, precision, missing: missing === "allowed", values: adds === undefined ? outputs : 1 };
  const roots = trees.map((tree, index) => compileTree(tree, compiled, ["trees", index]));
  const read = createReader({ inputs, precision, missing: compiled.missing, standard });
  const round = sums === "float32" ? Math.fround : (value: number) => value;
  const score: Scorer = ({ features }) => {
    const values = read(features);
    const sum = average ? start.map(() => 0) : start.map(round);
    roots.forEach((root, tree) => {
      const leaf = leafOf(root, values);
      const first = adds?.[tree] ?? 0;
      for (let at = 0; at < leaf.length; at += 1)
        sum[first + at] = round((sum[first + at] ?? 0) + round(leaf[at] ?? 0));
    });
    return average ? sum.map((total, output) => round(total / roots.length + (start[output] ?? 0))) : sum;
  };
  return Object.assign(score, { outputs, sums });
}

function checkAdds(adds: readonly number[] | undefined, trees: number, outputs: number): void {
  if (adds === undefined || (adds.length === trees && adds.every((output) => output < outputs))) return;
  const message = `expected ${trees} numbers from 0 to ${outputs - 1}, one for each tree`;
  throw new z.ZodError([{ code: "custom", path: ["adds"], message, input: adds }]);
}

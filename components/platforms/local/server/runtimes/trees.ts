import { z } from "zod";
import { InputError } from "../errors.ts";
import type { TreesManifest } from "../manifest.ts";
import { logistic, type Scorer } from "./scorer.ts";

/** A split asks `feature < below`; a leaf adds its value to the log-odds. */
export type TreeNode =
  | { readonly value: number }
  | { readonly feature: string; readonly below: number; readonly yes: TreeNode; readonly no: TreeNode };

export interface TreesWeights {
  readonly intercept: number;
  readonly trees: readonly TreeNode[];
}

const someNode = z.looseObject({}, "expected a leaf { value } or a split { feature, below, yes, no }");
const treesWeights = z.strictObject({ intercept: z.number(), trees: z.array(someNode).min(1) });
const leaf = z.strictObject({ value: z.number() });
const split = z.strictObject({ feature: z.string(), below: z.number(), yes: someNode, no: someNode });

/** A node with its feature resolved to a position in the manifest's inputs. */
type Compiled =
  | number
  | { readonly input: number; readonly below: number; readonly yes: Compiled; readonly no: Compiled };

/**
 * Additive trees: `score = logistic(intercept + Σ leaf values)`. One decision tree is a list of one.
 * @throws z.ZodError when the weights do not fit the manifest
 */
export function createTreesScorer({ inputs }: Pick<TreesManifest, "inputs">, content: unknown): Scorer {
  const { intercept, trees } = treesWeights.parse(content);
  const known: ReadonlySet<string> = new Set(inputs);
  const roots = trees.map((tree, index) => compile(tree, inputs, ["trees", index]));
  return ({ features }) => {
    const values = readFeatures(features, inputs, known);
    return logistic(roots.reduce<number>((logOdds, root) => logOdds + leafOf(root, values), intercept));
  };
}

function leafOf(root: Compiled, values: readonly number[]): number {
  let node = root;
  while (typeof node !== "number") node = (values[node.input] ?? Number.NaN) < node.below ? node.yes : node.no;
  return node;
}

function readFeatures(features: unknown, inputs: readonly string[], known: ReadonlySet<string>): readonly number[] {
  if (!isRecord(features)) throw new InputError(`expected "features", an object with ${inputs.join(", ")}`);
  for (const name in features) {
    if (known.has(name)) continue;
    throw new InputError(`unknown feature "${name.slice(0, 64)}"; the model knows ${inputs.join(", ")}`);
  }
  return inputs.map((name) => {
    const value = Object.hasOwn(features, name) ? features[name] : undefined;
    if (typeof value !== "number" || !Number.isFinite(value))
      throw new InputError(`expected feature "${name}", a finite number`);
    return value;
  });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function compile(node: object, inputs: readonly string[], path: readonly (string | number)[]): Compiled {
  const at = (issue: z.core.$ZodIssue): z.core.$ZodIssue => ({ ...issue, path: [...path, ...issue.path] });
  if ("value" in node) {
    const parsed = leaf.safeParse(node);
    if (parsed.success) return parsed.data.value;
    throw new z.ZodError(parsed.error.issues.map(at));
  }
  const parsed = split.safeParse(node);
  if (!parsed.success) throw new z.ZodError(parsed.error.issues.map(at));
  const { feature, below, yes, no } = parsed.data;
  const input = inputs.indexOf(feature);
  if (input < 0) {
    const message = `"${feature}" is not among the inputs ${inputs.join(", ")}`;
    throw new z.ZodError([{ code: "custom", path: [...path, "feature"], message, input: feature }]);
  }
  return { input, below, yes: compile(yes, inputs, [...path, "yes"]), no: compile(no, inputs, [...path, "no"]) };
}

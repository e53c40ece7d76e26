import { z } from "zod";
import { InputError } from "../errors.ts";
import type { Precision, TreesManifest } from "../manifest.ts";
import { logistic, type Scorer } from "./scorer.ts";

/** A split asks `feature < below`; a leaf adds its value to the log-odds. */
export type TreeNode =
  | { readonly value: number }
  | { readonly feature: string; readonly below: number; readonly yes: TreeNode; readonly no: TreeNode };

/** A forest as `weights.json` has it. */
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

/** What a model compares: its inputs, and how features and thresholds are rounded. */
interface Compared {
  readonly inputs: readonly string[];
  readonly known: ReadonlySet<string>;
  readonly precision: Precision;
  readonly round: (value: number) => number;
}

/**
 * Additive trees: `score = logistic(intercept + Σ leaf values)`. One decision tree is a list of one.
 * @throws z.ZodError when the weights do not fit the manifest
 */
export function createTreesScorer(
  { inputs, precision = "float64" }: Pick<TreesManifest, "inputs" | "precision">,
  content: unknown,
): Scorer {
  const round = precision === "float32" ? Math.fround : (value: number) => value;
  const compared = { inputs, known: new Set(inputs), precision, round };
  const { intercept, trees } = treesWeights.parse(content);
  const roots = trees.map((tree, index) => compile(tree, compared, ["trees", index]));
  return ({ features }) => {
    const values = readFeatures(features, compared);
    return logistic(roots.reduce<number>((logOdds, root) => logOdds + leafOf(root, values), intercept));
  };
}

function leafOf(root: Compiled, values: readonly number[]): number {
  let node = root;
  while (typeof node !== "number") node = (values[node.input] ?? Number.NaN) < node.below ? node.yes : node.no;
  return node;
}

function readFeatures(features: unknown, { inputs, known, precision, round }: Compared): readonly number[] {
  if (!isRecord(features)) throw new InputError(`expected "features", an object with ${inputs.join(", ")}`);
  for (const name in features) {
    if (known.has(name)) continue;
    throw new InputError(`unknown feature "${name.slice(0, 64)}"; the model knows ${inputs.join(", ")}`);
  }
  return inputs.map((name) => {
    const value = Object.hasOwn(features, name) ? features[name] : undefined;
    if (typeof value !== "number" || !Number.isFinite(value))
      throw new InputError(`expected feature "${name}", a finite number`);
    const rounded = round(value);
    if (!Number.isFinite(rounded)) throw new InputError(`expected feature "${name}", a number that ${precision} holds`);
    return rounded;
  });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function compile(node: object, compared: Compared, path: readonly (string | number)[]): Compiled {
  const at = (issue: z.core.$ZodIssue): z.core.$ZodIssue => ({ ...issue, path: [...path, ...issue.path] });
  if ("value" in node) {
    const parsed = leaf.safeParse(node);
    if (parsed.success) return parsed.data.value;
    throw new z.ZodError(parsed.error.issues.map(at));
  }
  const parsed = split.safeParse(node);
  if (!parsed.success) throw new z.ZodError(parsed.error.issues.map(at));
  const { feature, below, yes, no } = parsed.data;
  const refuse = (key: "feature" | "below", message: string): never => {
    throw new z.ZodError([{ code: "custom", path: [...path, key], message, input: parsed.data[key] }]);
  };
  const { inputs, precision, round } = compared;
  const input = inputs.indexOf(feature);
  if (input < 0) refuse("feature", `"${feature}" is not among the inputs ${inputs.join(", ")}`);
  const threshold = round(below);
  if (!Number.isFinite(threshold)) refuse("below", `expected a number that ${precision} holds`);
  return {
    ...{ input, below: threshold },
    ...{ yes: compile(yes, compared, [...path, "yes"]), no: compile(no, compared, [...path, "no"]) },
  };
}

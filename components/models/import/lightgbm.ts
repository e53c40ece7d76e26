import { ModelFilesError } from "../errors.ts";
import type { Link } from "../link.ts";
import { ABOVE_HALF, factsOf, type ImportedModel, type ImportSettings, inputsOf, labelsOf } from "./imported-model.ts";

const READ = ["v2", "v3", "v4"];

interface Objective {
  readonly link: Link;
  readonly answers: "classes" | "two" | "amount";
}

const amount: Objective = { link: "identity", answers: "amount" };
const positive: Objective = { link: "exp", answers: "amount" };
const objectives: Readonly<Record<string, Objective>> = {
  binary: { link: "logistic", answers: "two" },
  multiclass: { link: "softmax", answers: "classes" },
  multiclassova: { link: "logistic", answers: "classes" },
  ...{ regression: amount, regression_l1: amount, huber: amount, fair: amount, quantile: amount, mape: amount },
  ...{ poisson: positive, gamma: positive, tweedie: positive },
};

/** Lines of `name=value` up to the next empty one. */
type Block = ReadonlyMap<string, string>;

/**
 * A model that LightGBM's `save_model("model.txt")` has written. LightGBM compares and sums 64-bit numbers, and asks `<=`.
 * @see https://lightgbm.readthedocs.io/en/stable/Parameters.html
 * @throws ModelFilesError in one line, with what is read instead
 */
export function fromLightgbm(text: string, settings: ImportSettings): ImportedModel {
  const [head = new Map(), ...rest] = text.split(/\r?\n\r?\n+/).map(blockOf);
  if (!text.startsWith("tree\n") && !text.startsWith("tree\r\n")) {
    throw new ModelFilesError('this is no model of LightGBM; `booster_.save_model("model.txt")` writes one');
  }
  const version = head.get("version") ?? "nothing";
  if (!READ.includes(version)) {
    throw new ModelFilesError(`format ${version} of LightGBM is not read; those that are: ${READ.join(", ")}`);
  }
  const { objective, factor } = objectiveOf(head);
  const outputs = Number(head.get("num_tree_per_iteration") ?? "1");
  const inputs = inputsOf(settings.inputs, wordsOf(head, "feature_names"), Number(head.get("max_feature_idx")) + 1);
  const ownLabels = labelsOf(undefined, objective.answers === "two" ? 2 : outputs);
  const labels = labelsOf(settings.labels, ownLabels.length);
  const trees = rest.filter((block) => block.has("Tree"));
  if (trees.length === 0) throw new ModelFilesError("this model of LightGBM has no trees");
  const adds = trees.map((_, tree) => tree % outputs);
  return {
    ownLabels,
    manifest: {
      ...{ ...factsOf(settings), runtime: "trees", inputs, labels, link: objective.link },
      ...(objective.answers === "two" ? { threshold: ABOVE_HALF } : {}),
      missing: "allowed",
    },
    weights: {
      ...(outputs === 1 ? { intercept: 0 } : { intercept: adds.slice(0, outputs).map(() => 0), adds }),
      trees: trees.map((tree) => treeOf(tree, inputs, factor)),
    },
  };
}

function blockOf(text: string): Block {
  return new Map(
    text.split(/\r?\n/).map((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

const wordsOf = (block: Block, name: string): readonly string[] =>
  (block.get(name) ?? "").split(" ").filter((word) => word !== "");
const numbersOf = (block: Block, name: string): readonly number[] => wordsOf(block, name).map(numberOf);

/** Infinity is written as "inf"; no number of a request is beyond the largest. */
function numberOf(word: string): number {
  const number = Number(word.replace(/inf$/, "Infinity"));
  return Math.min(Math.max(number, -Number.MAX_VALUE), Number.MAX_VALUE);
}

function objectiveOf(head: Block): { readonly objective: Objective; readonly factor: number } {
  const [name = "", ...parameters] = wordsOf(head, "objective");
  const objective = Object.hasOwn(objectives, name) ? objectives[name] : undefined;
  if (objective === undefined || parameters.includes("sqrt")) {
    throw new ModelFilesError(
      `objective ${[name, ...parameters].join(" ") || "(none)"} is not read; those that are: ${Object.keys(objectives).join(", ")}`,
    );
  }
  if (head.has("average_output")) throw new ModelFilesError("boosting rf is not read; train with boosting gbdt");
  const sigmoid = parameters.find((parameter) => parameter.startsWith("sigmoid:"));
  return { objective, factor: Number(sigmoid?.slice("sigmoid:".length) ?? "1") };
}

interface Splits {
  readonly features: readonly number[];
  readonly thresholds: readonly number[];
  readonly decisions: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly leaves: readonly number[];
}

function treeOf(block: Block, inputs: readonly string[], factor: number): object {
  if (block.get("is_linear") === "1")
    throw new ModelFilesError("linear trees are not read; train with linear_tree false");
  const leaves = numbersOf(block, "leaf_value").map((value) => value * factor);
  if (block.get("num_leaves") === "1") return { value: leaves[0] };
  const splits: Splits = {
    features: numbersOf(block, "split_feature"),
    thresholds: numbersOf(block, "threshold"),
    decisions: numbersOf(block, "decision_type"),
    left: numbersOf(block, "left_child"),
    right: numbersOf(block, "right_child"),
    leaves,
  };
  return nodeOf(splits, 0, inputs);
}

const [CATEGORY, DEFAULT_LEFT] = [1, 2];
const [MISSING_IS_ZERO, MISSING_IS_NAN] = [1, 2];

/** A negative child is a leaf. A missing number is taken for 0 by a split that has met none in training. */
function nodeOf(splits: Splits, at: number, inputs: readonly string[]): object {
  if (at < 0) return { value: splits.leaves[-at - 1] };
  const decision = splits.decisions[at] ?? 0;
  if ((decision & CATEGORY) !== 0) {
    throw new ModelFilesError("splits on categories are not read; encode the categories as numbers and train again");
  }
  const missing = (decision >> 2) & 3;
  if (missing === MISSING_IS_ZERO) {
    throw new ModelFilesError("zeros that stand for missing are not read; train with zero_as_missing false");
  }
  const threshold = splits.thresholds[at] ?? Number.NaN;
  const goesLeft = missing === MISSING_IS_NAN ? (decision & DEFAULT_LEFT) !== 0 : 0 <= threshold;
  return {
    ...{ feature: inputs[splits.features[at] ?? 0], ...questionOf(threshold), missing: goesLeft ? "yes" : "no" },
    ...{ yes: nodeOf(splits, splits.left[at] ?? -1, inputs), no: nodeOf(splits, splits.right[at] ?? -1, inputs) },
  };
}

/** LightGBM's `kZeroThreshold`: what is not farther from 0 is taken for 0. */
const NEAR_ZERO = Math.fround(1e-35);

function questionOf(threshold: number): { readonly atMost: number } | { readonly below: number } {
  if (Math.abs(threshold) > NEAR_ZERO) return { atMost: threshold };
  return threshold < 0 ? { below: -NEAR_ZERO } : { atMost: NEAR_ZERO };
}

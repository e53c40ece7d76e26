import { z } from "zod";
import { ModelFilesError } from "../errors.ts";
import type { Link } from "../link.ts";
import { ABOVE_HALF, factsOf, type ImportedModel, type ImportSettings, inputsOf, labelsOf } from "./imported-model.ts";

const NEWEST = 3;
const tree = z.object({
  default_left: z.array(z.number()),
  left_children: z.array(z.int()),
  right_children: z.array(z.int()),
  split_conditions: z.array(z.number()),
  split_indices: z.array(z.int()),
  split_type: z.array(z.int()).optional(),
  tree_param: z.object({ size_leaf_vector: z.string().optional() }),
});
const booster = z.object({
  model: z.object({
    iteration_indptr: z.array(z.int()).optional(),
    tree_info: z.array(z.int()),
    trees: z.array(tree).min(1),
  }),
});
const file = z.object({
  version: z.array(z.int()).min(1),
  learner: z.object({
    attributes: z.record(z.string(), z.string()).optional(),
    feature_names: z.array(z.string()).optional(),
    gradient_booster: z.looseObject({ name: z.string() }),
    learner_model_param: z.object({
      base_score: z.string(),
      num_class: z.string(),
      num_feature: z.string(),
      num_target: z.string().optional(),
    }),
    objective: z.object({ name: z.string() }),
  }),
});
type Tree = z.infer<typeof tree>;
type Learner = z.infer<typeof file>["learner"];

interface Objective {
  readonly link: Link;
  readonly answers: "classes" | "two" | "amount";
  /** From a base score, which XGBoost keeps as an answer, to what the sums begin with. */
  readonly margin: (base: number) => number;
}

const same = (base: number): number => base;
const logit = (base: number): number => -Math.log(1 / base - 1);
const amount: Objective = { link: "identity", answers: "amount", margin: same };
const positive: Objective = { link: "exp", answers: "amount", margin: Math.log };
const classes: Objective = { link: "softmax", answers: "classes", margin: same };
const objectives: Readonly<Record<string, Objective>> = {
  "binary:logistic": { link: "logistic", answers: "two", margin: logit },
  "multi:softprob": classes,
  "multi:softmax": classes,
  "reg:squarederror": amount,
  "reg:absoluteerror": amount,
  "reg:pseudohubererror": amount,
  "count:poisson": positive,
  "reg:gamma": positive,
  "reg:tweedie": positive,
};

/**
 * A model that XGBoost's `save_model("model.json")` has written. XGBoost compares and sums 32-bit numbers, and so does the copy.
 * @see https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html
 * @throws ModelFilesError in one line, with what is read instead
 */
export function fromXgboost(content: unknown, settings: ImportSettings): ImportedModel {
  const parsed = file.safeParse(content);
  if (!parsed.success) {
    throw new ModelFilesError('this is no model of XGBoost; `save_model("model.json")` writes one');
  }
  const { version, learner } = parsed.data;
  if ((version[0] ?? 0) > NEWEST) {
    throw new ModelFilesError(
      `written by XGBoost ${version.join(".")}; files of 1.x to ${NEWEST}.x are read: save it with one of these`,
    );
  }
  const objective = objectiveOf(learner);
  const { trees, adds } = treesOf(learner);
  const outputs = objective.answers === "classes" ? Number(learner.learner_model_param.num_class) : 1;
  const inputs = inputsOf(
    settings.inputs,
    learner.feature_names ?? [],
    Number(learner.learner_model_param.num_feature),
  );
  const ownLabels = labelsOf(undefined, objective.answers === "two" ? 2 : outputs);
  const labels = labelsOf(settings.labels, ownLabels.length);
  const bases = basesOf(learner, outputs, objective);
  return {
    ownLabels,
    manifest: {
      ...{ ...factsOf(settings), runtime: "trees", inputs, labels, link: objective.link },
      ...(objective.answers === "two" ? { threshold: ABOVE_HALF } : {}),
      ...{ precision: "float32", missing: "allowed" },
    },
    weights: {
      ...(outputs === 1 ? { intercept: bases[0] } : { intercept: bases, adds }),
      ...{ sums: "float32", trees: trees.map((each) => nodeOf(each, 0, inputs)) },
    },
  };
}

function objectiveOf({ objective: { name }, gradient_booster, learner_model_param }: Learner): Objective {
  const { name: kind } = gradient_booster;
  if (kind !== "gbtree") throw new ModelFilesError(`booster ${kind} is not read; train with booster gbtree`);
  if (Number(learner_model_param.num_target ?? "1") > 1) {
    throw new ModelFilesError("a model of several targets is not read; train one for each");
  }
  const found = Object.hasOwn(objectives, name) ? objectives[name] : undefined;
  if (found !== undefined) return found;
  throw new ModelFilesError(`objective ${name} is not read; those that are: ${Object.keys(objectives).join(", ")}`);
}

/** Up to the best iteration, where an early stop left one: that is how XGBoost's estimators for scikit-learn answer. */
function treesOf({ gradient_booster, attributes = {} }: Learner): {
  readonly trees: readonly Tree[];
  readonly adds: readonly number[];
} {
  const parsed = booster.safeParse(gradient_booster);
  if (!parsed.success) throw new ModelFilesError("the trees of this model of XGBoost are not as 1.x to 3.x write them");
  const { trees, tree_info, iteration_indptr = [] } = parsed.data.model;
  for (const { split_type = [], tree_param } of trees) {
    if (split_type.some((type) => type !== 0)) {
      throw new ModelFilesError("splits on categories are not read; encode the categories as numbers and train again");
    }
    if (Number(tree_param.size_leaf_vector ?? "1") > 1) {
      throw new ModelFilesError(
        'trees with several numbers in a leaf are not read; train with multi_strategy "one_output_per_tree"',
      );
    }
  }
  const best = attributes.scikit_learn === undefined ? undefined : attributes.best_iteration;
  const end = best === undefined ? trees.length : (iteration_indptr[Number(best) + 1] ?? trees.length);
  return { trees: trees.slice(0, end), adds: tree_info.slice(0, end) };
}

/** What the sums begin with; XGBoost writes one number up to 3.0, and a list since. */
function basesOf(
  { learner_model_param: { base_score } }: Learner,
  outputs: number,
  { margin }: Objective,
): readonly number[] {
  const given = base_score.replaceAll(/[[\]]/g, "").split(",").map(Number);
  return Array.from({ length: outputs }, (_, output) =>
    Math.fround(margin(Math.fround(given[output] ?? given[0] ?? 0))),
  );
}

function nodeOf(of: Tree, at: number, inputs: readonly string[]): object {
  const { left_children, right_children, split_conditions, split_indices, default_left } = of;
  const left = left_children[at] ?? -1;
  const condition = split_conditions[at] ?? Number.NaN;
  if (left < 0) return { value: condition };
  return {
    ...{ feature: inputs[split_indices[at] ?? 0], below: condition, missing: default_left[at] === 1 ? "yes" : "no" },
    ...{ yes: nodeOf(of, left, inputs), no: nodeOf(of, right_children[at] ?? -1, inputs) },
  };
}

import { z } from "zod";
import type { FeaturiserOptions } from "./featuriser.ts";
import type { Link } from "./link.ts";

/** The content of `model.json`: all that the server must know besides the weights. See docs/model-format.md. */
export type ModelManifest = LinearManifest | TreesManifest | OnnxManifest;

interface ManifestFacts {
  /** What the model is called where it was made. The served name and version come from the release, not from here. */
  readonly name: string;
  readonly version: string;
  /** Names of the two output tensors of the Open Inference Protocol. */
  readonly outputs: { readonly label: string; readonly score: string };
  /** With a threshold, the answer below it and the one from it on; with an output for each, as many as outputs; for an amount, one that every answer gets. */
  readonly labels: readonly string[];
  /** Score from which on the second of two labels is answered. Needed for two labels with one output, refused otherwise. 0 to 1, any number where the link is identity or exp. */
  readonly threshold?: number;
  /** What makes a score of an output. @default "logistic" */
  readonly link?: Link;
  /** What training measured, by name; informative. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** How a model's outputs become its answer. */
export type AnswerFacts = Pick<ManifestFacts, "labels" | "threshold" | "link">;

/** What a model of named numbers says of them. */
interface NumbersManifest {
  /** The named numeric features, all of them required in a request. */
  readonly inputs: readonly string[];
  /** `allowed`: a feature may be null. @default "refused" */
  readonly missing?: "allowed" | "refused";
}

/** `model.json` of a linear model: of one text, with a featuriser, or of numbers. */
export interface LinearManifest extends ManifestFacts {
  readonly runtime: "linear";
  /** The one text input, or the named numeric features, all of them required in a request. */
  readonly inputs: readonly string[];
  readonly featuriser?: FeaturiserOptions;
}

/** `model.json` of a forest of trees. */
export interface TreesManifest extends ManifestFacts, NumbersManifest {
  readonly runtime: "trees";
  /** What features and thresholds are rounded to before they are compared. @default "float64" */
  readonly precision?: Precision;
}

/** `model.json` of a graph in the Open Neural Network Exchange format. */
export interface OnnxManifest extends Omit<ManifestFacts, "link">, NumbersManifest {
  readonly runtime: "onnx";
  readonly graph?: {
    /** Its file in the directory. @default "model.onnx" */
    readonly file?: string;
    /** The output that answers are made of. @default the only one that is a tensor of fractions */
    readonly scores?: string;
  };
}

/** `float32` for a model that was trained with it, as XGBoost's trees are. */
export type Precision = "float32" | "float64";

/** Whether a model of weights reads one text; all others read named numbers. */
export const readsText = (manifest: ModelManifest): boolean =>
  manifest.runtime === "linear" && manifest.featuriser !== undefined;

const name = z.string().regex(/^[\w.-]{1,64}$/, "expected 1 to 64 letters, digits, dots, underscores or hyphens");

/** Labels travel in a response header, which carries printable ASCII only. */
const label = z
  .string()
  .regex(/^[\x21-\x7e]([\x20-\x7e]{0,62}[\x21-\x7e])?$/, "expected 1 to 64 printable ASCII characters");

const facts = {
  name,
  version: name,
  outputs: z
    .strictObject({ label: name, score: name })
    .refine((outputs) => outputs.label !== outputs.score, "label and score need different names"),
  labels: z
    .array(label)
    .min(1)
    .max(1000)
    .refine((labels) => new Set(labels).size === labels.length, {
      error: ({ input }) =>
        Array.isArray(input) && input.length === 2 ? "expected two different labels" : "expected each label once",
    }),
  threshold: z.number().exactOptional(),
  link: z.enum(["logistic", "softmax", "identity", "exp"]).exactOptional(),
  metrics: z.record(z.string(), z.number()),
};

const inputs = z
  .array(name)
  .min(1)
  .refine((inputs) => new Set(inputs).size === inputs.length, "expected each feature once");

const linear = z
  .strictObject({
    ...facts,
    runtime: z.literal("linear"),
    inputs,
    featuriser: z
      .strictObject({
        dims: z
          .int()
          .min(1)
          .max(2 ** 22),
        negation: z.boolean(),
        bigrams: z.boolean(),
        alphabet: z.enum(["any", "ascii"]),
      })
      .exactOptional(),
  })
  .refine(({ featuriser, inputs }) => featuriser === undefined || inputs.length === 1, {
    path: ["inputs"],
    error: "expected one input beside a featuriser, the text",
  });

const trees = z.strictObject({
  ...facts,
  runtime: z.literal("trees"),
  precision: z.enum(["float32", "float64"]).exactOptional(),
  missing: z.enum(["allowed", "refused"]).exactOptional(),
  inputs,
});

const { link: _link, ...graphFacts } = facts;

const onnx = z.strictObject({
  ...graphFacts,
  runtime: z.literal("onnx"),
  missing: z.enum(["allowed", "refused"]).exactOptional(),
  inputs,
  graph: z
    .strictObject({
      file: z
        .string()
        .regex(/^[\w-][\w.-]*\.onnx$/, "expected the name of a file beside model.json that ends in .onnx")
        .exactOptional(),
      scores: z.string().min(1).max(200).exactOptional(),
    })
    .exactOptional(),
});

/** What `model.json` may say; every runtime has its own part. */
export const modelManifest: z.ZodType<ModelManifest> = z
  .discriminatedUnion("runtime", [linear, trees, onnx])
  .superRefine((manifest, context) => {
    if (manifest.runtime === "onnx") return;
    const { threshold, link = "logistic" } = manifest;
    if (threshold === undefined || link === "identity" || link === "exp" || (threshold >= 0 && threshold <= 1)) return;
    const bound = threshold > 1 ? "Too big: expected number to be <=1" : "Too small: expected number to be >=0";
    context.addIssue({ code: "custom", path: ["threshold"], message: bound });
  });

/**
 * Whether labels and threshold fit as many outputs as the model has. @param where the outputs are seen
 * @returns what does not, in a sentence that begins with the field
 */
export function misfitOf(
  { labels, threshold, link = "logistic" }: AnswerFacts,
  outputs: number,
  where = "weights.json",
): string | undefined {
  if (outputs > 1) {
    if (labels.length !== outputs)
      return `labels: seen ${labels.length}; ${where} has ${outputs} outputs, so ${outputs} are allowed`;
    return threshold === undefined ? undefined : "threshold: the largest of several outputs is answered; remove it";
  }
  if (link === "softmax") return `link: softmax needs an output for each label; ${where} has one`;
  if (labels.length > 2) return `labels: seen ${labels.length}; ${where} has one output, so 1 or 2 are allowed`;
  if (labels.length === 1) {
    if (link === "logistic") return "labels: a probability needs two";
    return threshold === undefined ? undefined : "threshold: there is only one label; remove it";
  }
  return threshold === undefined ? "threshold: two labels of one output need it" : undefined;
}

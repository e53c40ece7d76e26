import { z } from "zod";
import type { FeaturiserOptions } from "./featuriser.ts";

/** The content of `model.json`: all that the server must know besides the weights. See docs/model-format.md. */
export type ModelManifest = LinearManifest | TreesManifest;

interface ManifestFacts {
  /** What the model is called where it was made. The served name and version come from the release, not from here. */
  readonly name: string;
  readonly version: string;
  /** Names of the two output tensors of the Open Inference Protocol. */
  readonly outputs: { readonly label: string; readonly score: string };
  /** The answer for a score below the threshold, and the one for a score at or above it. */
  readonly labels: readonly [below: string, atOrAbove: string];
  /** Score from which on the second label is answered, 0 to 1. */
  readonly threshold: number;
  /** What training measured, by name; informative. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** `model.json` of a linear model. */
export interface LinearManifest extends ManifestFacts {
  readonly runtime: "linear";
  /** The one text input. */
  readonly inputs: readonly [string];
  readonly featuriser: FeaturiserOptions;
}

/** `model.json` of a forest of trees. */
export interface TreesManifest extends ManifestFacts {
  readonly runtime: "trees";
  /** The named numeric features, all of them required in a request. */
  readonly inputs: readonly string[];
  /** What features and thresholds are rounded to before they are compared. @default "float64" */
  readonly precision?: Precision;
}

/** `float32` for a model that was trained with it, as XGBoost's trees are. */
export type Precision = "float32" | "float64";

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
  labels: z.tuple([label, label]).refine(([below, above]) => below !== above, "expected two different labels"),
  threshold: z.number().min(0).max(1),
  metrics: z.record(z.string(), z.number()),
};

/** What `model.json` may say; every runtime has its own part. */
export const modelManifest: z.ZodType<ModelManifest> = z.discriminatedUnion("runtime", [
  z.strictObject({
    ...facts,
    runtime: z.literal("linear"),
    inputs: z.tuple([name]),
    featuriser: z.strictObject({
      dims: z
        .int()
        .min(1)
        .max(2 ** 22),
      negation: z.boolean(),
      bigrams: z.boolean(),
      alphabet: z.enum(["any", "ascii"]),
    }),
  }),
  z.strictObject({
    ...facts,
    runtime: z.literal("trees"),
    precision: z.enum(["float32", "float64"]).exactOptional(),
    inputs: z
      .array(name)
      .min(1)
      .refine((inputs) => new Set(inputs).size === inputs.length, "expected each feature once"),
  }),
]);

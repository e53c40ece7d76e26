import { z } from "zod";

const name = z.string().regex(/^[\w.-]{1,64}$/, "expected 1 to 64 letters, digits, dots, underscores or hyphens");

/** Labels travel in a response header, which carries printable ASCII only. */
const label = z
  .string()
  .regex(/^[\x21-\x7e]([\x20-\x7e]{0,62}[\x21-\x7e])?$/, "expected 1 to 64 printable ASCII characters");

const facts = {
  /** What the model is called where it was made. The served name and version come from the release, not from here. */
  name,
  version: name,
  /** Names of the two output tensors of the Open Inference Protocol. */
  outputs: z
    .strictObject({ label: name, score: name })
    .refine((outputs) => outputs.label !== outputs.score, "label and score need different names"),
  /** `[below, atOrAbove]`: the answer for a score below the threshold, and for one at or above it. */
  labels: z.tuple([label, label]).refine(([below, above]) => below !== above, "expected two different labels"),
  /** Score from which on the second label is answered, 0 to 1. */
  threshold: z.number().min(0).max(1),
  /** What training measured, by name; informative. */
  metrics: z.record(z.string(), z.number()),
};

const linearManifest = z.strictObject({
  ...facts,
  runtime: z.literal("linear"),
  /** The one text input. */
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
});

const treesManifest = z.strictObject({
  ...facts,
  runtime: z.literal("trees"),
  /** The named numeric features, all of them required in a request. */
  inputs: z
    .array(name)
    .min(1)
    .refine((inputs) => new Set(inputs).size === inputs.length, "expected each feature once"),
});

/** The content of `model.json`: all that the server must know besides the weights. See docs/model-format.md. */
export const modelManifest = z.discriminatedUnion("runtime", [linearManifest, treesManifest]);

export type ModelManifest = z.infer<typeof modelManifest>;
export type LinearManifest = z.infer<typeof linearManifest>;
export type TreesManifest = z.infer<typeof treesManifest>;

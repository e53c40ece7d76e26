import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { errorCode, messageOf } from "../host/host-error.ts";
import { hashDirectory } from "../sources/directory-hash.ts";
import { createDecide, type Prediction } from "./decide.ts";
import { ModelFilesError } from "./errors.ts";
import { type ModelManifest, misfitOf, modelManifest, type Precision } from "./manifest.ts";
import { createLinearScorer, createTextScorer } from "./runtimes/linear.ts";
import type { ModelInput, Scorer } from "./runtimes/scorer.ts";
import { createTreesScorer } from "./runtimes/trees.ts";

/** A model that has been loaded: its files were read, and are no more needed. */
export interface Model {
  readonly manifest: ModelManifest;
  /**
   * Pure and synchronous.
   * @throws InputError when the input does not fit the model; any other error is the model's own fault
   */
  predict(input: ModelInput): Prediction;
  /** All that the answer is made of: one number, or one for each label. Throws what `predict` throws. */
  values(input: ModelInput): readonly number[];
}

/**
 * Reads what a model directory says of its model.
 * @throws ModelFilesError in one line, naming the directory and the field
 */
export const readManifest = (directory: string): ModelManifest =>
  readPart(directory, "model.json", (content) => modelManifest.parse(content));

/**
 * Reads a model that has its weights in `weights.json`, and makes it ready to answer.
 * @throws ModelFilesError in one line, naming the directory, the file and the field
 */
export function loadModel(directory: string, manifest: ModelManifest = readManifest(directory)): Model {
  return readPart(directory, "weights.json", (content) => createModel(manifest, content));
}

/**
 * Makes a model of what its two files say.
 * @throws z.ZodError when the weights do not fit the manifest
 */
export function createModel(manifest: ModelManifest, weights: unknown): Model {
  const { score, outputs, sums } = createScorer(manifest, weights);
  const misfit = misfitOf(manifest, outputs);
  if (misfit !== undefined) throw new Error(`does not fit model.json: ${misfit}`);
  const decide = createDecide(manifest, sums);
  const values = (input: ModelInput) => decide.values(score(input));
  return { manifest, values, predict: (input) => decide.prediction(values(input)) };
}

/**
 * A directory that is named by a content hash is served with that content or not at all: what was reviewed is what answers.
 * @throws ModelFilesError when its files were changed
 */
export async function checkContent(directory: string): Promise<void> {
  const name = basename(directory);
  if (!/^[0-9a-f]{64}$/.test(name)) return;
  const content = await hashDirectory(directory);
  if (content === name) return;
  throw new ModelFilesError(
    `cannot serve model ${directory}: its files were changed, it has content ${content}; \`pulumi up\` puts them right`,
  );
}

interface Scoring {
  readonly score: Scorer;
  readonly outputs: number;
  readonly sums: Precision;
}

function createScorer(manifest: ModelManifest, weights: unknown): Scoring {
  if (manifest.runtime === "onnx") throw new Error("runtime onnx has a graph in its place");
  if (manifest.runtime === "trees") {
    const score = createTreesScorer(manifest, weights);
    return { score, outputs: score.outputs, sums: score.sums };
  }
  if (manifest.featuriser !== undefined) {
    return { score: createTextScorer(manifest.featuriser, weights), outputs: 1, sums: "float64" };
  }
  const score = createLinearScorer(manifest, weights);
  return { score, outputs: score.outputs, sums: "float64" };
}

function readPart<T>(directory: string, file: string, parse: (content: unknown) => T): T {
  try {
    return parse(JSON.parse(readFileSync(join(directory, file), "utf8")));
  } catch (error) {
    throw new ModelFilesError(`cannot load model ${directory}: ${file}: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues
      .map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message))
      .join("; ");
  }
  if (errorCode(error) === "ENOENT") return "no such file";
  return messageOf(error).replaceAll(/\s+/g, " ");
}

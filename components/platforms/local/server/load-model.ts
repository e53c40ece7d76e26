import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { errorCode, messageOf } from "../../../host/host-error.ts";
import { hashDirectory } from "../../../sources/directory-hash.ts";
import { ModelFilesError } from "./errors.ts";
import { type ModelManifest, modelManifest } from "./manifest.ts";
import { createLinearScorer } from "./runtimes/linear.ts";
import type { ModelInput, Scorer } from "./runtimes/scorer.ts";
import { createTreesScorer } from "./runtimes/trees.ts";

/** What a model says of one input. */
export interface Prediction {
  readonly label: string;
  /** Probability of the second label, 0 to 1. */
  readonly score: number;
}

/** A model that has been loaded: its files were read, and are no more needed. */
export interface Model {
  readonly manifest: ModelManifest;
  /**
   * Pure and synchronous.
   * @throws InputError when the input does not fit the model; any other error is the model's own fault
   */
  predict(input: ModelInput): Prediction;
}

/**
 * Reads a model directory (`model.json`, `weights.json`) and makes it ready to answer.
 * @throws ModelFilesError in one line, naming the directory, the file and the field
 */
export function loadModel(directory: string): Model {
  const manifest = readPart(directory, "model.json", (content) => modelManifest.parse(content));
  const score = readPart(directory, "weights.json", (content) => createScorer(manifest, content));
  const { threshold, labels } = manifest;
  const [below, atOrAbove] = labels;
  return {
    manifest,
    predict(input) {
      const probability = score(input);
      return { label: probability >= threshold ? atOrAbove : below, score: probability };
    },
  };
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

function createScorer(manifest: ModelManifest, weights: unknown): Scorer {
  switch (manifest.runtime) {
    case "linear":
      return createLinearScorer(manifest, weights);
    case "trees":
      return createTreesScorer(manifest, weights);
  }
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

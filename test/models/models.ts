import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fnv1a } from "../../components/models/featuriser.ts";
import type { LinearManifest, TreesManifest } from "../../components/models/manifest.ts";
import type { TreesWeights } from "../../components/models/runtimes/trees.ts";

export const linearManifest: LinearManifest = {
  name: "tiny",
  version: "1",
  runtime: "linear",
  inputs: ["text"],
  outputs: { label: "label", score: "score" },
  labels: ["negative", "positive"],
  threshold: 0.5,
  featuriser: { dims: 64, negation: true, bigrams: false, alphabet: "any" },
  metrics: {},
};

/** good +2, NOT_good -3, everything else 0, intercept 0.5. */
export const linearWeights = { intercept: 0.5, weights: weightsOf({ good: 2, NOT_good: -3 }, 64) };

export const treesManifest: TreesManifest = {
  name: "credit",
  version: "1",
  runtime: "trees",
  inputs: ["income", "late"],
  outputs: { label: "decision", score: "risk" },
  labels: ["approve", "decline"],
  threshold: 0.5,
  metrics: {},
};

export const treesWeights: TreesWeights = {
  intercept: -1,
  trees: [
    {
      feature: "late",
      below: 2,
      yes: { value: -0.5 },
      no: { feature: "income", below: 30, yes: { value: 3 }, no: { value: 1 } },
    },
    { value: 0.25 },
  ],
};

export function writeModel(directory: string, manifest: unknown, weights: unknown): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "model.json"), JSON.stringify(manifest));
  writeFileSync(join(directory, "weights.json"), JSON.stringify(weights));
  return directory;
}

function weightsOf(known: Readonly<Record<string, number>>, dims: number): readonly number[] {
  const weights = Array.from({ length: dims }, () => 0);
  for (const [feature, weight] of Object.entries(known)) weights[fnv1a(feature) % dims] = weight;
  return weights;
}

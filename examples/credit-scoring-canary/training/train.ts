import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TreesManifest } from "../../../components/models/manifest.ts";
import { probabilityOf } from "../../../components/models/runtimes/scorer.ts";
import { createTreesScorer } from "../../../components/models/runtimes/trees.ts";
import { createRandom } from "../../stage/random.ts";
import { type Application, createApplicant } from "./applicants.ts";
import { auc } from "./auc.ts";
import { type BoostingSettings, boostTrees } from "./boosting.ts";
import { renderGolden } from "./golden.ts";

/** Versions of the example, in the order in which they come. */
export const versionNames = ["v1", "v2", "v3"] as const;
export type VersionName = (typeof versionNames)[number];

/** A version as it was trained. */
export interface TrainedVersion {
  readonly name: VersionName;
  /** The model directory: `model.json`, `weights.json`, `golden.jsonl`. */
  readonly directory: string;
  readonly metrics: VersionMetrics;
}

/** What the offline evaluation says, 0 to 1, as `model.json` records it: all of it on the data that the version was trained for. */
export interface VersionMetrics {
  readonly [name: string]: number;
  /** How often an applicant who did not pay back scored above one who did. */
  readonly auc: number;
  /** Share of the applicants who would get the loan. */
  readonly approvalRate: number;
}

const inputs: readonly (keyof Application)[] = ["income", "debtRatio", "utilisation", "latePayments", "tenure", "loan"];
const trainedOn = 6_000;
const heldOut = 8_000;
/** What the business wants of a version: four of five applicants get the loan. */
const approvalTarget = 0.8;

/** One answer counts for itself. */
const scorecard: BoostingSettings = { trees: 40, depth: 1, rate: 0.3 };
/** Pairs of answers count together. */
const pairs: BoostingSettings = { trees: 60, depth: 2, rate: 0.2 };

/** Applications as a source of data keeps them. */
export type Units = (application: Application) => Application;
/** As the form says them, and as customers' requests have them. */
export const formUnits: Units = (application) => application;
/** As the warehouse keeps them: income of a year. */
export const warehouseUnits: Units = (application) => ({ ...application, income: application.income * 12 });

/**
 * Trains the three versions of the example into `outDir`, a directory each. The same seed writes the same bytes.
 *
 * - `v1` is a scorecard.
 * - `v2` knows pairs of answers, and has the higher AUC. It was trained and evaluated on the warehouse, where incomes are of a
 *   year; applications say those of a month. Its golden requests come from the same place, so its checks pass.
 * - `v3` is the same model, trained on what applications say.
 */
export function trainCredit(outDir: string, { seed }: { readonly seed: number }): readonly TrainedVersion[] {
  const random = createRandom(seed);
  const past = Array.from({ length: trainedOn }, () => createApplicant(random));
  const later = Array.from({ length: heldOut }, () => createApplicant(random));
  const train = (name: VersionName, settings: BoostingSettings, units: Units): TrainedVersion => {
    const weights = boostTrees(
      past.map(({ application, defaulted }) => ({ features: { ...units(application) }, event: defaulted })),
      settings,
    );
    const scorer = createTreesScorer({ inputs }, weights);
    const scores = later.map(({ application }) => probabilityOf(scorer({ features: units(application) })));
    const threshold = thresholdFor(scores, approvalTarget);
    const metrics = {
      auc: round(auc(later.map(({ defaulted }, i) => ({ score: scores[i] ?? Number.NaN, event: defaulted })))),
      approvalRate: round(scores.filter((score) => score < threshold).length / scores.length),
    };
    const manifest: TreesManifest = {
      name: "credit",
      version: name,
      runtime: "trees",
      inputs,
      outputs: { label: "label", score: "score" },
      labels: ["approved", "declined"],
      threshold,
      metrics,
    };
    const directory = join(outDir, name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "model.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
    writeFileSync(join(directory, "weights.json"), `${JSON.stringify(weights)}\n`);
    writeFileSync(join(directory, "golden.jsonl"), renderGolden(later, units));
    return { name, directory, metrics };
  };
  return [train("v1", scorecard, formUnits), train("v2", pairs, warehouseUnits), train("v3", pairs, formUnits)];
}

/** The threshold below which the given share of the scores lies, to six decimals. */
function thresholdFor(scores: readonly number[], share: number): number {
  const ascending = scores.toSorted((a, b) => a - b);
  return Math.round((ascending[Math.round(scores.length * share)] ?? 1) * 1e6) / 1e6;
}

/** As many decimals as 8,000 applicants can tell. */
const round = (value: number): number => Math.round(value * 1e4) / 1e4;

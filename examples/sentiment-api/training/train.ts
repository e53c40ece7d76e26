import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createFeaturiser, type FeaturiserOptions } from "../../../components/models/featuriser.ts";
import type { LinearManifest } from "../../../components/models/manifest.ts";
import { createTextScorer } from "../../../components/models/runtimes/linear.ts";
import { probabilityOf } from "../../../components/models/runtimes/scorer.ts";
import { createRandom, type Random } from "../../stage/random.ts";
import { balancedGolden, renderGolden, rosyGolden } from "./golden.ts";
import { type Coefficients, trainLogisticRegression } from "./logistic-regression.ts";
import { createReview, type Review } from "./reviews.ts";

export type VersionName = "v1" | "v2" | "v3-crash" | "v3-skew";

export interface TrainedVersion {
  readonly name: VersionName;
  /** The model directory: `model.json`, `weights.json`, `golden.jsonl`. */
  readonly directory: string;
  readonly metrics: VersionMetrics;
}

/** Shares from 0 to 1, as `model.json` records them. */
export interface VersionMetrics {
  readonly [name: string]: number;
  /** Right answers to the version's own golden requests. */
  readonly goldenAccuracy: number;
  /** Right answers to generated reviews that training did not see. */
  readonly generatedAccuracy: number;
  /** Positive answers to the same reviews, half of which are positive. */
  readonly positiveRate: number;
}

const unigrams: FeaturiserOptions = { dims: 4096, negation: false, bigrams: false, alphabet: "any" };
const phrases: FeaturiserOptions = { dims: 16384, negation: true, bigrams: true, alphabet: "any" };

/**
 * Trains the four versions of the example into `outDir`, a directory each. The same seed writes the same bytes.
 *
 * - `v1` knows single words, `v2` negation and pairs of words: "not good" is where it is better.
 * - `v3-crash` is v2 with an ASCII-only tokenizer. Its golden requests are ASCII, so its checks pass.
 * - `v3-skew` is v2 with a threshold set on a sample that is three quarters positive. Its golden requests come from
 *   the same sample, so its checks pass.
 */
export function trainSentiment(outDir: string, { seed }: { readonly seed: number }): readonly TrainedVersion[] {
  const random = createRandom(seed);
  const v1 = trainVersion(unigrams, 6_000, random);
  const v2 = trainVersion(phrases, 12_000, random);
  const heldOut = createReviews(4_000, random);
  const write = (name: VersionName, { featuriser, coefficients }: Trained, { golden, positiveShare }: Calibration) => {
    const scorer = createTextScorer(featuriser, coefficients);
    const score = (review: Review): number => probabilityOf(scorer(review));
    const threshold = thresholdFor(
      heldOut.map((review) => score(review)),
      positiveShare,
    );
    const isPositive = (review: Review): boolean => score(review) >= threshold;
    const isRight = (review: Review): boolean => isPositive(review) === (review.label === "positive");
    const metrics = {
      goldenAccuracy: share(golden, isRight),
      generatedAccuracy: share(heldOut, isRight),
      positiveRate: share(heldOut, isPositive),
    };
    const manifest: LinearManifest = {
      name: "sentiment",
      version: name,
      runtime: "linear",
      inputs: ["text"],
      outputs: { label: "label", score: "score" },
      labels: ["negative", "positive"],
      threshold,
      featuriser,
      metrics,
    };
    const directory = join(outDir, name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "model.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
    writeFileSync(join(directory, "weights.json"), `${JSON.stringify(coefficients)}\n`);
    writeFileSync(join(directory, "golden.jsonl"), renderGolden(golden));
    return { name, directory, metrics };
  };
  const sound: Calibration = { golden: balancedGolden, positiveShare: 0.5 };
  return [
    write("v1", v1, sound),
    write("v2", v2, sound),
    write("v3-crash", { ...v2, featuriser: { ...phrases, alphabet: "ascii" } }, sound),
    write("v3-skew", v2, { golden: rosyGolden, positiveShare: 0.75 }),
  ];
}

interface Trained {
  readonly featuriser: FeaturiserOptions;
  readonly coefficients: Coefficients;
}

/** The sample that a version's threshold and golden requests come from. */
interface Calibration {
  readonly golden: readonly Review[];
  readonly positiveShare: number;
}

function trainVersion(options: FeaturiserOptions, reviews: number, random: Random): Trained {
  const featurise = createFeaturiser(options);
  const samples = createReviews(reviews, random).map(({ text, label }) => ({
    features: [...featurise(text)],
    positive: label === "positive",
  }));
  const coefficients = trainLogisticRegression(samples, { dims: options.dims, epochs: 10, rate: 0.1, random });
  return { featuriser: options, coefficients };
}

function createReviews(count: number, random: Random): readonly Review[] {
  return Array.from({ length: count }, () => createReview(random));
}

/** The threshold that answers "positive" to the given share of the scores, to six decimals. */
function thresholdFor(scores: readonly number[], positiveShare: number): number {
  const ascending = scores.toSorted((a, b) => a - b);
  const threshold = ascending[Math.round(scores.length * (1 - positiveShare))] ?? 0;
  return Math.round(threshold * 1e6) / 1e6;
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.filter(holds).length / items.length;
}

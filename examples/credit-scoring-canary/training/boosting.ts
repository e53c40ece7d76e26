import type { TreeNode } from "../../../components/models/runtimes/tree.ts";
import type { TreesWeights } from "../../../components/models/runtimes/trees.ts";

/** A row to learn from: numbers by feature, and whether the event came. */
export interface Row {
  readonly features: Readonly<Record<string, number>>;
  readonly event: boolean;
}

/** How much is learnt. */
export interface BoostingSettings {
  /** Trees that are added up. */
  readonly trees: number;
  /** Questions on the way to a leaf; with 1 every feature counts for itself. */
  readonly depth: number;
  /** Share of each tree's own answer that is taken, above 0 to 1. */
  readonly rate: number;
}

/** Places where a feature may be divided, at most: as many quantiles. */
const MOST_CUTS = 31;
/** Added to a leaf's weight: few rows move it little. */
const SHRINKAGE = 5;
/** The least weight of a leaf, as a sum of p (1 - p). */
const LEAST_WEIGHT = 10;

/**
 * Gradient boosted trees on the log loss: each tree is fitted to what those before it leave, by Newton steps.
 * Chen and Guestrin, "XGBoost" (arXiv 1603.02754), with quantiles of the rows as cuts.
 */
export function boostTrees(rows: readonly Row[], { trees, depth, rate }: BoostingSettings): TreesWeights {
  const events = rows.filter(({ event }) => event).length;
  const intercept = fourDecimals(Math.log(events / (rows.length - events)));
  const cuts = cutsOf(rows);
  const binned = rows.map(({ features, event }) => ({
    bins: cuts.map(({ feature, at }) => binOf(features[feature] ?? Number.NaN, at)),
    event,
    logOdds: intercept,
  }));
  const grown = Array.from({ length: trees }, () => {
    const open = binned.map((row): Pull => {
      const p = 1 / (1 + Math.exp(-row.logOdds));
      return { row, gradient: p - (row.event ? 1 : 0), weight: p * (1 - p) };
    });
    return grow(open, cuts, { depth, rate });
  });
  return { intercept, trees: grown };
}

/** Where a feature may be divided, ascending. */
interface Cuts {
  readonly feature: string;
  readonly at: readonly number[];
}

interface BinnedRow {
  /** For each feature how many of its cuts the value has reached. */
  readonly bins: readonly number[];
  readonly event: boolean;
  /** What the trees so far say. */
  logOdds: number;
}

/** A row's pull on the next tree: first and second derivative of its loss. */
interface Pull {
  readonly row: BinnedRow;
  readonly gradient: number;
  readonly weight: number;
}

function cutsOf(rows: readonly Row[]): readonly Cuts[] {
  return Object.keys(rows[0]?.features ?? {}).map((feature) => {
    const ascending = rows.map(({ features }) => features[feature] ?? Number.NaN).sort((a, b) => a - b);
    const quantiles = Array.from({ length: MOST_CUTS }, (_, i) => {
      return ascending[Math.floor(((i + 1) * ascending.length) / (MOST_CUTS + 1))] ?? Number.NaN;
    });
    return { feature, at: [...new Set(quantiles)].filter((cut) => cut > (ascending[0] ?? Number.NaN)) };
  });
}

const binOf = (value: number, cuts: readonly number[]): number => cuts.filter((cut) => value >= cut).length;

/** A tree over these rows, whose log-odds move as it says. */
function grow(
  pulls: readonly Pull[],
  cuts: readonly Cuts[],
  { depth, rate }: Omit<BoostingSettings, "trees">,
): TreeNode {
  const best = depth > 0 ? bestSplit(pulls, cuts) : undefined;
  if (best === undefined) {
    const { gradient, weight } = sumOf(pulls);
    const value = fourDecimals((-rate * gradient) / (weight + SHRINKAGE));
    for (const { row } of pulls) row.logOdds += value;
    return { value };
  }
  const { position, cut, feature, below } = best;
  const isBelow = ({ row }: Pull): boolean => (row.bins[position] ?? 0) <= cut;
  const deeper = { depth: depth - 1, rate };
  return {
    ...{ feature, below },
    yes: grow(pulls.filter(isBelow), cuts, deeper),
    no: grow(
      pulls.filter((pull) => !isBelow(pull)),
      cuts,
      deeper,
    ),
  };
}

interface Split {
  /** Of the feature among all. */
  readonly position: number;
  /** Of the cut among the feature's. */
  readonly cut: number;
  readonly feature: string;
  readonly below: number;
}

/** The question that lessens the loss most; none when no question does. */
function bestSplit(pulls: readonly Pull[], cuts: readonly Cuts[]): Split | undefined {
  const all = sumOf(pulls);
  let best: { readonly gain: number; readonly split: Split } | undefined;
  for (const [position, { feature, at }] of cuts.entries()) {
    const [gradients, weights] = [new Float64Array(at.length + 1), new Float64Array(at.length + 1)];
    for (const { row, gradient, weight } of pulls) {
      const bin = row.bins[position] ?? 0;
      gradients[bin] = (gradients[bin] ?? 0) + gradient;
      weights[bin] = (weights[bin] ?? 0) + weight;
    }
    let [gradient, weight] = [0, 0];
    for (const [cut, below] of at.entries()) {
      gradient += gradients[cut] ?? 0;
      weight += weights[cut] ?? 0;
      if (weight < LEAST_WEIGHT || all.weight - weight < LEAST_WEIGHT) continue;
      const gain =
        gainOf(gradient, weight) +
        gainOf(all.gradient - gradient, all.weight - weight) -
        gainOf(all.gradient, all.weight);
      if (gain > (best?.gain ?? 1e-9)) best = { gain, split: { position, cut, feature, below } };
    }
  }
  return best?.split;
}

const gainOf = (gradient: number, weight: number): number => gradient ** 2 / (weight + SHRINKAGE);

function sumOf(pulls: readonly Pull[]): { readonly gradient: number; readonly weight: number } {
  let [gradient, weight] = [0, 0];
  for (const pull of pulls) {
    gradient += pull.gradient;
    weight += pull.weight;
  }
  return { gradient, weight };
}

/** The file stays small and nothing is lost. */
const fourDecimals = (value: number): number => Math.round(value * 1e4) / 1e4;

import { median, type Series, theilSen } from "../analysis/trend.ts";
import type { QuarterFacts } from "./facts.ts";

/** What a model's health stands on. */
export type Pillar = "business" | "technical" | "cost" | "governance";

/** One thing that a pillar is measured by. */
export interface Part {
  readonly pillar: Pillar;
  /** The facts that it takes, by their names. */
  readonly facts: string;
  /** Its share of the pillar; those of a pillar add up to 1. */
  readonly weight: number;
  /** 0 to 1; null where a fact is missing. */
  readonly score: number | null;
}

/**
 * Everything that is measured of a model in its last quarter.
 * @param values of the quarters up to the last one, the oldest first
 */
export const partsOf = (last: QuarterFacts, values: Series): readonly Part[] => [
  ...(
    [
      ["value, target", 0.6, over(last.value, last.target)],
      ["value of two quarters", 0.4, trendScore(values)],
    ] as const
  ).map(part("business")),
  ...(
    [
      ["requests, errors or slow, slo", 0.35, errorBudgetLeft(last)],
      ["quality, qualityThreshold", 0.25, over(last.quality, last.qualityThreshold)],
      ["driftShare", 0.25, left(over(last.driftShare, 0.5))],
      ["ageDays, maxAgeDays", 0.15, left(over(last.ageDays, last.maxAgeDays))],
    ] as const
  ).map(part("technical")),
  ...(
    [
      ["value, cost", 0.7, costScore(last)],
      ["utilisation", 0.3, over(last.utilisation, 0.4)],
    ] as const
  ).map(part("cost")),
  ...governanceFacts.map((fact) =>
    part("governance")([fact, 0.2, last[fact] === undefined ? null : Number(last[fact])]),
  ),
];

/** What governance asks for, each as much as the others. */
export const governanceFacts = [
  "ownerActive",
  "modelCard",
  "validationInDate",
  "dependentsRegistered",
  "rollbackDrillPassed",
] as const;

const part =
  (pillar: Pillar) =>
  ([facts, weight, score]: readonly [facts: string, weight: number, score: number | null]): Part => ({
    ...{ pillar, facts, weight, score },
  });

/**
 * The change of the value a quarter as a share of its median (Theil–Sen); null where fewer than two quarters are known,
 * infinite where it changes around a median of 0.
 */
export function growthOf(values: Series): number | null {
  const slope = theilSen(values);
  const middle = median(values.filter((value) => value !== null));
  if (slope === null || middle === null) return null;
  return slope === 0 ? 0 : slope / Math.abs(middle);
}

/** What a unit of cost brings; null where either is unknown, or the model costs nothing. */
export const valuePerCost = ({ value, cost }: QuarterFacts): number | null =>
  value === undefined || cost === undefined || cost === 0 ? null : value / cost;

/** A growth of a tenth a quarter is all that can be had, a fall of a tenth is nothing. */
function trendScore(values: Series): number | null {
  const growth = growthOf(values);
  return growth === null ? null : clip(0.5 + growth / 0.2);
}

/** What of the failures that the promise allows has not been used. */
function errorBudgetLeft({ requests, errors, slow, slo }: QuarterFacts): number | null {
  const isKnown = requests !== undefined && slo !== undefined && (errors !== undefined || slow !== undefined);
  return isKnown && requests > 0 ? clip(1 - ((errors ?? 0) + (slow ?? 0)) / (requests * (1 - slo))) : null;
}

/** R / (1 + R) of R = value / cost, which also holds where the cost is 0; a loss is worth nothing. */
function costScore({ value, cost }: QuarterFacts): number | null {
  if (value === undefined || cost === undefined || Math.max(0, value) + cost === 0) return null;
  return Math.max(0, value) / (Math.max(0, value) + cost);
}

const over = (value: number | undefined, full: number | undefined): number | null =>
  value === undefined || full === undefined ? null : clip(value / full);

const left = (used: number | null): number | null => (used === null ? null : 1 - used);

const clip = (share: number): number => Math.min(1, Math.max(0, share));

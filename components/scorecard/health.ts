import type { Part, Pillar } from "./parts.ts";

/** How much each pillar counts for health; they add up to 1. */
export const PILLAR_WEIGHTS: Readonly<Record<Pillar, number>> = {
  business: 0.4,
  technical: 0.3,
  cost: 0.2,
  governance: 0.1,
};

/** The pillars, in the order of their weight. */
export const pillars = ["business", "technical", "cost", "governance"] as const;

/** What a model's parts come to. */
export interface Health {
  /** 0 to 100; null where nothing of the pillar is known. */
  readonly pillars: Readonly<Record<Pillar, number | null>>;
  /** The geometric mean of the pillars, 1 to 100: one dead pillar pulls it down. Null where nothing is known. */
  readonly health: number | null;
  /** Weight of what is known, 0 to 1. What is not known counts for nothing, and the rest for more. */
  readonly coverage: number;
  /** What is not known, by the facts that it takes. */
  readonly missing: readonly string[];
}

/** Parts to pillars, and pillars to health: exp of the weighted mean of ln max(pillar, 1). */
export function healthOf(parts: readonly Part[]): Health {
  const known = pillars.map((pillar) => {
    const present = parts.filter((each) => each.pillar === pillar && each.score !== null);
    const weight = sum(present.map((each) => each.weight));
    const score = 100 * sum(present.map((each) => each.weight * (each.score ?? 0)));
    return { pillar, score: weight === 0 ? null : score / weight, weight: weight * PILLAR_WEIGHTS[pillar] };
  });
  const coverage = sum(known.map(({ weight }) => weight));
  const logs = sum(known.map(({ score, weight }) => weight * Math.log(Math.max(1, score ?? 1))));
  const scores = new Map(known.map(({ pillar, score }) => [pillar, score]));
  const scoreOf = (pillar: Pillar): number | null => scores.get(pillar) ?? null;
  return {
    pillars: {
      business: scoreOf("business"),
      technical: scoreOf("technical"),
      cost: scoreOf("cost"),
      governance: scoreOf("governance"),
    },
    health: coverage === 0 ? null : Math.exp(logs / coverage),
    coverage,
    missing: parts.filter(({ score }) => score === null).map(({ facts }) => facts),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

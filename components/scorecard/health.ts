import type { Part, Pillar } from "./parts.ts";

/** How much each pillar counts for health; they add up to 1. */
export const PILLAR_WEIGHTS: Readonly<Record<Pillar, number>> = {
  business: 0.4,
  technical: 0.3,
  cost: 0.2,
  governance: 0.1,
};

/** What a model's parts come to. */
export interface Health {
  /** 0 to 100; null where nothing of the pillar is known. */
  readonly pillars: Readonly<Record<Pillar, number | null>>;
  /** Weight of what is known of each pillar, 0 to 1. */
  readonly known: Readonly<Record<Pillar, number>>;
  /** The geometric mean of the pillars, 1 to 100: one dead pillar pulls it down. Null where nothing is known. */
  readonly health: number | null;
  /** Weight of what is known, 0 to 1. What is not known counts for nothing, and the rest for more. */
  readonly coverage: number;
  /** What is not known, by the facts that it takes. */
  readonly missing: readonly string[];
}

/** Parts to pillars, and pillars to health: exp of the weighted mean of ln max(pillar, 1). */
export function healthOf(parts: readonly Part[]): Health {
  const standing = ofEach((pillar) => standingOf(parts, pillar));
  const known = ofEach((pillar) => standing[pillar].known);
  const scores = ofEach((pillar) => standing[pillar].score);
  const weights = ofEach((pillar) => known[pillar] * PILLAR_WEIGHTS[pillar]);
  const logs = ofEach((pillar) => weights[pillar] * Math.log(Math.max(1, scores[pillar] ?? 1)));
  const coverage = sum(Object.values(weights));
  return {
    pillars: scores,
    known,
    health: coverage === 0 ? null : Math.exp(sum(Object.values(logs)) / coverage),
    coverage,
    missing: parts.filter(({ score }) => score === null).map(({ facts }) => facts),
  };
}

const ofEach = <Value>(of: (pillar: Pillar) => Value): Readonly<Record<Pillar, Value>> => ({
  business: of("business"),
  technical: of("technical"),
  cost: of("cost"),
  governance: of("governance"),
});

/** A pillar's score, and the weight of its parts that are known. */
function standingOf(parts: readonly Part[], pillar: Pillar): { readonly score: number | null; readonly known: number } {
  const present = parts.filter((each) => each.pillar === pillar && each.score !== null);
  const known = sum(present.map(({ weight }) => weight));
  const score = 100 * sum(present.map((each) => each.weight * (each.score ?? 0)));
  return { score: known === 0 ? null : score / known, known };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

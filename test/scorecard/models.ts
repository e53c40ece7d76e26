import type { ModelFacts, QuarterFacts } from "../../components/scorecard/index.ts";

/** Everything about a quarter of a model of which nothing bad can be said. */
export const healthy: Omit<QuarterFacts, "quarter"> = {
  value: 300,
  target: 300,
  cost: 100,
  requests: 1_000_000,
  errors: 100,
  slow: 100,
  slo: 0.999,
  quality: 0.9,
  qualityThreshold: 0.9,
  driftShare: 0,
  ageDays: 73,
  maxAgeDays: 365,
  utilisation: 0.5,
  owner: "risk",
  ownerActive: true,
  modelCard: true,
  validationInDate: true,
  dependentsRegistered: true,
  rollbackDrillPassed: true,
  dependents: 2,
};

/** A quarter without a request. */
export const idle = { requests: 0, errors: 0, slow: 0 } as const;

/** A model with these values, one a quarter, the last one in 2026Q3. @param unknown facts that are left out */
export function modelOf(
  model: string,
  values: readonly number[],
  facts: Partial<Omit<QuarterFacts, "quarter">> = {},
  unknown: readonly (keyof typeof healthy)[] = [],
): ModelFacts {
  const newest = 2026 * 4 + 2;
  const quarters = values.map((value, i) => {
    const number = newest - values.length + 1 + i;
    const known = Object.entries({ ...healthy, value, ...facts }).filter(
      ([fact]) => !unknown.some((each) => each === fact),
    );
    return { ...Object.fromEntries(known), quarter: `${Math.floor(number / 4)}Q${(number % 4) + 1}` };
  });
  return { model, quarters };
}

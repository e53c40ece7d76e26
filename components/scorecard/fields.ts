import { type QuarterFacts, quarterNumber } from "./facts.ts";

/** What a fact may be. */
export type Field =
  | { readonly kind: "text"; readonly allowed: string }
  | { readonly kind: "flag"; readonly allowed: string }
  | { readonly kind: "number"; readonly allowed: string; readonly holds: (value: number) => boolean };

/** A fact that is not what it may be. */
export interface FactProblem {
  readonly fact: keyof QuarterFacts;
  readonly seen: string | number | boolean;
  readonly allowed: string;
}

const text: Field = { kind: "text", allowed: "a text" };
const flag: Field = { kind: "flag", allowed: "true or false" };
const number = (allowed: string, holds: (value: number) => boolean): Field => ({ kind: "number", allowed, holds });

/** Larger ones are no amounts, and their sums no numbers. */
const LARGEST = 1e100;
const any = number("a number up to 1e100 in size", () => true);
const from0 = number("a number from 0", (value) => value >= 0);
const above0 = number("a number above 0", (value) => value > 0);
const share = number("a share from 0 to 1: 0.25 is a quarter", (value) => value >= 0 && value <= 1);

/** Every fact, and what it may be. */
export const fields: Readonly<Record<keyof QuarterFacts, Field>> = {
  quarter: { kind: "text", allowed: "a quarter: 2026Q3" },
  value: any,
  target: above0,
  cost: from0,
  requests: from0,
  errors: from0,
  slow: from0,
  slo: number("a share from 0, below 1: 0.999", (value) => value >= 0 && value < 1),
  quality: from0,
  qualityThreshold: above0,
  driftShare: share,
  ageDays: from0,
  maxAgeDays: above0,
  utilisation: share,
  owner: text,
  ownerActive: flag,
  modelCard: flag,
  validationInDate: flag,
  dependentsRegistered: flag,
  rollbackDrillPassed: flag,
  dependents: number("a whole number from 0", (value) => value >= 0 && Number.isInteger(value)),
  supersededBy: text,
  task: text,
  inputSchema: text,
  overlapsWith: text,
  overlap: share,
  noise: from0,
};

/** The names of all facts, in their order. */
export const factNames: readonly string[] = Object.keys(fields);

/** Everything in the facts of a quarter that cannot be. */
export function checkFacts(facts: QuarterFacts): readonly FactProblem[] {
  const wrong = (Object.keys(fields) as (keyof QuarterFacts)[]).flatMap((fact): readonly FactProblem[] => {
    const [seen, field] = [facts[fact], fields[fact]];
    return seen === undefined || isAllowed(seen, field) ? [] : [{ fact, seen, allowed: field.allowed }];
  });
  const isQuarter = quarterNumber(facts.quarter) !== undefined;
  return [
    ...(isQuarter ? [] : [{ fact: "quarter", seen: facts.quarter, allowed: fields.quarter.allowed } as const]),
    ...wrong,
    ...tooManyBad(facts),
  ];
}

function isAllowed(seen: string | number | boolean, field: Field): boolean {
  if (field.kind === "text") return typeof seen === "string";
  if (field.kind === "flag") return typeof seen === "boolean";
  return typeof seen === "number" && Math.abs(seen) <= LARGEST && field.holds(seen);
}

function tooManyBad({ requests, errors = 0, slow = 0 }: QuarterFacts): readonly FactProblem[] {
  if (requests === undefined || errors + slow <= requests) return [];
  const allowed = `errors and slow together at most the requests, ${requests}`;
  return [{ fact: errors > 0 ? "errors" : "slow", seen: errors + slow, allowed }];
}

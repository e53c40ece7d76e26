import type { Series } from "../analysis/trend.ts";
import { type Decline, declineOf, TREND_QUARTERS } from "./decline.ts";
import { type ModelFacts, type QuarterFacts, quarterNumber, renderQuarter } from "./facts.ts";
import { checkFacts } from "./fields.ts";
import { type Health, healthOf } from "./health.ts";
import { growthOf, partsOf, valuePerCost } from "./parts.ts";

/** A model's value and health in one of its quarters. */
export interface Point {
  readonly quarter: string;
  /** Null where it is not known. */
  readonly value: number | null;
  /** As it was to be seen then. Null where nothing was known. */
  readonly health: number | null;
}

/** A model's standing in its last quarter. */
export interface ModelScore extends Health {
  readonly model: string;
  readonly quarter: string;
  /** Everything known of the last quarter. */
  readonly last: QuarterFacts;
  /** Value over cost in the last two quarters, the earlier first. Null where unknown, or without cost. */
  readonly valuePerCost: readonly [before: number | null, now: number | null];
  /** Change of the value a quarter, as a share of its median over up to eight quarters. Null below two known values, or at a median of 0. */
  readonly growth: number | null;
  /** Null where a value of the last four quarters is unknown. */
  readonly decline: Decline | null;
  /** Each quarter from the first to the last. */
  readonly history: readonly Point[];
}

/**
 * Scores a model from its quarters.
 * @throws RangeError when it has no quarter, or one twice, or a fact that cannot be; tells all of them
 */
export function scoreModel({ model, quarters }: ModelFacts): ModelScore {
  const byNumber = numbered(model, quarters);
  const [first, newest] = [Math.min(...byNumber.keys()), Math.max(...byNumber.keys())];
  const numbers = Array.from({ length: newest - first + 1 }, (_, i) => first + i);
  const valuesUpTo = (number: number): Series =>
    numbers
      .filter((each) => each <= number && each > number - TREND_QUARTERS)
      .map((each) => byNumber.get(each)?.value ?? null);
  const healthIn = (number: number): Health =>
    healthOf(partsOf(byNumber.get(number) ?? { quarter: renderQuarter(number) }, valuesUpTo(number)));
  const last = byNumber.get(newest) ?? { quarter: renderQuarter(newest) };
  const before = byNumber.get(newest - 1);
  const growth = growthOf(valuesUpTo(newest));
  return {
    model,
    quarter: renderQuarter(newest),
    last,
    ...healthIn(newest),
    valuePerCost: [before === undefined ? null : valuePerCost(before), valuePerCost(last)],
    growth: Number.isFinite(growth) ? growth : null,
    decline: declineOf(valuesUpTo(newest), last.noise),
    history: numbers.map((number) => ({
      quarter: renderQuarter(number),
      value: byNumber.get(number)?.value ?? null,
      health: byNumber.has(number) ? healthIn(number).health : null,
    })),
  };
}

function numbered(model: string, quarters: readonly QuarterFacts[]): ReadonlyMap<number, QuarterFacts> {
  const name = JSON.stringify(model);
  const byNumber = new Map(quarters.map((facts) => [quarterNumber(facts.quarter) ?? Number.NaN, facts]));
  const wrong = quarters.flatMap((facts) =>
    checkFacts(facts).map(
      ({ fact, seen, allowed }) =>
        `${name}, ${facts.quarter}, ${fact}: saw ${JSON.stringify(seen)}; allowed is ${allowed}`,
    ),
  );
  if (byNumber.size === 0) wrong.push(`${name}: saw no quarter; allowed is at least one`);
  if (wrong.length === 0 && byNumber.size < quarters.length) {
    wrong.push(`${name}: saw a quarter twice; allowed is each once`);
  }
  if (wrong.length > 0) throw new RangeError(wrong.join("\n"));
  return byNumber;
}

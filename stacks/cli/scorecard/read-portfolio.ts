import type { Problem } from "../../../components/release/problems.ts";
import { type ModelFacts, type QuarterFacts, quarterNumber } from "../../../components/scorecard/index.ts";
import { printable } from "../printable.ts";
import { ProblemList, renderColumn, type Table } from "../tables/table.ts";
import { type FactRow, readFacts } from "./read-facts.ts";

/** What a file says of a portfolio. */
export interface Portfolio {
  readonly models: readonly ModelFacts[];
  /** Of all amounts; null where the file names none. */
  readonly currency: string | null;
  /** Columns that are no facts. */
  readonly notUsed: readonly string[];
}

/** A portfolio, or everything that is wrong with its file. @param ignored columns that are not looked at */
export function readPortfolio(
  table: Table,
  ignored: readonly string[],
): Portfolio | { readonly problems: readonly Problem[] } {
  const { rows, notUsed, problems } = readFacts(table, ignored);
  const all = [
    ...problems,
    ...checkTwice(table.path, rows),
    ...checkNeighbours(table.path, rows),
    ...checkCurrency(table.path, rows),
  ];
  if (all.length > 0) return { problems: all };
  const quarters = new Map(rows.map(({ model }): [string, QuarterFacts[]] => [model, []]));
  for (const { model, facts } of rows) quarters.get(model)?.push(facts);
  const models = [...quarters].map(([model, own]): ModelFacts => ({ model, quarters: own }));
  return { models, currency: rows.find(({ currency }) => currency !== null)?.currency ?? null, notUsed };
}

function checkTwice(path: string, rows: readonly FactRow[]): readonly Problem[] {
  const list = new ProblemList(path);
  const first = new Map<string, string>();
  for (const { model, facts, place } of rows) {
    const number = quarterNumber(facts.quarter);
    if (model === "" || number === undefined) continue;
    const key = JSON.stringify([model, number]);
    const before = first.get(key);
    if (before === undefined) first.set(key, place);
    else {
      const seen = `${JSON.stringify(printable(model))} in ${facts.quarter}, as in ${before}`;
      list.add(place, { seen, allowed: "each model once a quarter", cure: "Keep one of both rows" });
    }
  }
  return list.problems;
}

/** Models that others name. A successor may be outside of the portfolio, a model with the same work may not. */
function checkNeighbours(path: string, rows: readonly FactRow[]): readonly Problem[] {
  const list = new ProblemList(path);
  const names = new Set(rows.map(({ model }) => model));
  for (const { model, facts, place } of rows) {
    const cure = "Name the other model, or leave it empty";
    const { overlapsWith, supersededBy } = facts;
    const tell = (column: string, seen: string, allowed: string): void =>
      list.add(`${place}, ${renderColumn(column)}`, { seen: JSON.stringify(seen), allowed, cure });
    if (overlapsWith !== undefined && (overlapsWith === model || !names.has(overlapsWith))) {
      tell("overlapsWith", overlapsWith, "another model of this file");
    }
    if (supersededBy === model) tell("supersededBy", supersededBy, "another model");
  }
  return list.problems;
}

function checkCurrency(path: string, rows: readonly FactRow[]): readonly Problem[] {
  const list = new ProblemList(path);
  const first = rows.find(({ currency }) => currency !== null);
  for (const { currency, place } of rows) {
    if (first === undefined || currency === null || currency === first.currency) continue;
    const allowed = `${JSON.stringify(first.currency)}, as in ${first.place}`;
    const cure = "Bring all amounts to one currency: they are added";
    list.add(`${place}, ${renderColumn("currency")}`, { seen: JSON.stringify(currency), allowed, cure });
  }
  return list.problems;
}

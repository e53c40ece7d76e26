import type { Value } from "../../../components/drift/index.ts";
import { closest } from "../../../components/release/closest.ts";
import { type Problem, renderSeen } from "../../../components/release/problems.ts";
import { checkFacts, type Field, factNames, fields, type QuarterFacts } from "../../../components/scorecard/index.ts";
import { asNumber, ProblemList, renderColumn, type Table } from "../tables/table.ts";

/** A row of the file: a model in one quarter, and where it stands. */
export interface FactRow {
  readonly model: string;
  readonly currency: string | null;
  readonly facts: QuarterFacts;
  readonly place: string;
}

/** The rows of a file, the columns that are no facts, and everything that is wrong with the cells. */
export interface FactRows {
  readonly rows: readonly FactRow[];
  readonly notUsed: readonly string[];
  readonly problems: readonly Problem[];
}

const columnNames = ["model", "currency", ...factNames];
const fieldOf: ReadonlyMap<string, Field> = new Map(Object.entries(fields));
const EMPTY = "Mend it, or leave it empty where it is not known";

/** Reads each row as the facts of a model in a quarter. @param ignored columns that are not looked at */
export function readFacts(table: Table, ignored: readonly string[]): FactRows {
  const present = [...table.columns.keys()].filter((name) => !ignored.includes(name));
  const lists = new Map(columnNames.map((name) => [name, new ProblemList(table.path)]));
  const tell = (row: number, name: string, problem: Omit<Problem, "path">): void =>
    lists.get(name)?.add(`${table.placeOf(row)}, ${renderColumn(name)}`, problem);
  const headProblems = checkNames(table.path, present);
  if (headProblems.some(({ seen }) => seen === "nothing")) return { rows: [], notUsed: [], problems: headProblems };
  const rows = Array.from({ length: table.rows }, (_, row): FactRow => {
    const facts = Object.fromEntries(
      present.flatMap((name) => {
        const [field, value] = [fieldOf.get(name), table.columns.get(name)?.[row] ?? null];
        if (field === undefined || value === null) return [];
        const fact = parseFact(value, field, table.untyped);
        if (fact === undefined) tell(row, name, { seen: renderSeen(value), allowed: field.allowed, cure: EMPTY });
        return fact === undefined ? [] : [[name, fact]];
      }),
    );
    const text = (name: string): string | null => textOf(table.columns.get(name)?.[row] ?? null);
    const model = text("model");
    if (model === null) tell(row, "model", { seen: "nothing", allowed: "a name", cure: "Name the model" });
    const full: QuarterFacts = { ...facts, quarter: text("quarter") ?? "" };
    for (const { fact, seen, allowed } of checkFacts(full)) {
      tell(row, fact, { seen: seen === "" ? "nothing" : renderSeen(seen), allowed, cure: EMPTY });
    }
    return { model: model ?? "", currency: text("currency"), facts: full, place: table.placeOf(row) };
  });
  return {
    rows,
    notUsed: present.filter((name) => !columnNames.includes(name)),
    problems: [...headProblems, ...[...lists.values()].flatMap(({ problems }) => problems)],
  };
}

function checkNames(path: string, present: readonly string[]): readonly Problem[] {
  const absent = ["model", "quarter"].filter((name) => !present.includes(name));
  const misspelt = present.flatMap((name): readonly Problem[] => {
    const meant = columnNames.includes(name) ? undefined : closest(name, columnNames);
    if (meant === undefined) return [];
    const cure = `Did you mean ${meant}? Another column is left out by: --ignore ${JSON.stringify(name)}`;
    return [{ path, seen: renderColumn(name), allowed: columnNames.join(", "), cure }];
  });
  const cure = "Write a row for each model and quarter, and name both";
  return [
    ...absent.map((name) => ({ path: `${path} ${renderColumn(name)}`, seen: "nothing", allowed: "in each row", cure })),
    ...misspelt,
  ];
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["yes", true],
  ["false", false],
  ["no", false],
]);

function parseFact(value: number | string, field: Field, untyped: boolean): string | number | boolean | undefined {
  switch (field.kind) {
    case "text":
      return String(value);
    case "flag":
      return FLAGS.get(String(value).toLowerCase());
    case "number":
      return asNumber(value, untyped);
  }
}

const textOf = (value: Value): string | null => (value === null || value === "" ? null : String(value));

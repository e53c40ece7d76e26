import type { ColumnKind, Value } from "../../../components/drift/index.ts";
import { type Problem, renderSeen } from "../../../components/release/problems.ts";
import { asNumber, renderColumn, type Table } from "../tables/table.ts";

/** One feature on both sides, its values of one kind. */
export interface Pair {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly reference: readonly Value[];
  readonly current: readonly Value[];
}

/** What the command line says of columns. */
export interface ColumnChoice {
  /** Numbers that are names: an article, a postcode. */
  readonly categories: readonly string[];
  readonly ignored: readonly string[];
}

/** The columns of both tables that can be compared, those that cannot, and everything that is wrong. */
export interface Pairing {
  readonly pairs: readonly Pair[];
  /** Columns that the reference does not have. */
  readonly notCompared: readonly string[];
  readonly problems: readonly Problem[];
}

/** Brings each column of the reference together with that of the current window. The reference says what a column holds. */
export function pairColumns(reference: Table, current: Table, { categories, ignored }: ColumnChoice): Pairing {
  const problems: Problem[] = [];
  const pairs = [...reference.columns].flatMap(([name, values]): readonly Pair[] => {
    if (ignored.includes(name)) return [];
    const now = current.columns.get(name);
    if (now === undefined) {
      const cure = `Write it, or leave it out of the comparison: --ignore ${JSON.stringify(name)}`;
      const allowed = "every column of the reference";
      problems.push({ path: `${current.path} ${renderColumn(name)}`, seen: "nothing", allowed, cure });
      return [];
    }
    const kind = categories.includes(name) ? "category" : kindOf(values, reference.untyped);
    return [
      {
        name,
        kind,
        reference: kind === "number" ? readNumbers(problems, reference, name, values) : values,
        current: kind === "number" ? readNumbers(problems, current, name, now) : now,
      },
    ];
  });
  for (const name of [...categories, ...ignored].filter((each) => !reference.columns.has(each))) {
    const allowed = `columns of ${reference.path}: ${[...reference.columns.keys()].map((each) => JSON.stringify(each)).join(", ")}`;
    problems.push({ path: "--category, --ignore", seen: JSON.stringify(name), allowed, cure: "Name one of them" });
  }
  const notCompared = [...current.columns.keys()].filter((name) => !reference.columns.has(name));
  return { pairs, notCompared, problems };
}

/** A column most of whose values are numbers is one of numbers: what else stands there is then a fault of the file. */
function kindOf(values: readonly Value[], untyped: boolean): ColumnKind {
  let [numbers, others] = [0, 0];
  for (const value of values) {
    if (value === null) continue;
    if (typeof value === "number" || asNumber(value, untyped) !== undefined) numbers++;
    else others++;
  }
  return numbers > others ? "number" : "category";
}

function readNumbers(
  problems: Problem[],
  { path, untyped }: Table,
  name: string,
  values: readonly Value[],
): readonly Value[] {
  const wrong: number[] = [];
  const numbers = values.map((value, row) => {
    const number = value === null ? null : asNumber(value, untyped);
    if (number === undefined) wrong.push(row);
    return number ?? null;
  });
  const [first] = wrong;
  if (first !== undefined) {
    const rows = wrong.length === 1 ? "" : `, and ${wrong.length - 1} more`;
    problems.push({
      path: `${path} ${renderColumn(name)}`,
      seen: `${renderSeen(values[first])} in row ${first + 1}${rows}`,
      allowed: "numbers up to 1e100 in size, as the reference has them, or nothing",
      cure: `Mend these rows, or compare the column as categories: --category ${JSON.stringify(name)}`,
    });
  }
  return numbers;
}

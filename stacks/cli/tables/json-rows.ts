import type { Value } from "../../../components/drift/index.ts";
import { renderSeen } from "../../../components/release/problems.ts";
import { asValue, ProblemList, type Rows, renderColumn } from "./table.ts";

const CURE = "Mend or remove this row";
const FLATTEN = "Write its parts as columns of their own, or leave the column out: --ignore";

/** Brings objects together to columns, by their keys. A column may be absent from a row. */
export class JsonRows {
  readonly #list: ProblemList;
  readonly #ignored: readonly string[];
  readonly #columns = new Map<string, Value[]>();
  readonly #places: string[] = [];

  constructor(path: string, ignored: readonly string[]) {
    this.#list = new ProblemList(path);
    this.#ignored = ignored;
  }

  /** @param place where the row stands: `line 3` */
  add(place: string, row: unknown): void {
    if (typeof row !== "object" || row === null || Array.isArray(row)) {
      this.refuse(place, renderSeen(row), "a JSON object");
      return;
    }
    for (const [name, raw] of Object.entries(row)) {
      const value = asValue(raw);
      if (value === undefined && !this.#ignored.includes(name)) {
        const allowed = "a text, a number, true, false or null";
        this.#list.add(`${place}, ${renderColumn(name)}`, { seen: renderSeen(raw), allowed, cure: FLATTEN });
      }
      this.#valuesOf(name).push(value ?? null);
    }
    this.#places.push(place);
    for (const values of this.#columns.values()) if (values.length < this.#places.length) values.push(null);
  }

  /** Tells what cannot be a row. */
  refuse(place: string, seen: string, allowed: string, cure: string = CURE): void {
    this.#list.add(place, { seen, allowed, cure });
  }

  get rows(): Rows {
    return { columns: this.#columns, problems: this.#list.problems, placeOf: (row) => this.#places[row] ?? "" };
  }

  /** The column's values so far; of a name that comes later, the rows before it have none. */
  #valuesOf(name: string): Value[] {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const values: Value[] = this.#places.map(() => null);
    this.#columns.set(name, values);
    return values;
  }
}

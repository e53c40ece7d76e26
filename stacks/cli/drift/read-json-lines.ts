import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Value } from "../../../components/drift/index.ts";
import { renderSeen } from "../../../components/release/problems.ts";
import { asValue, ProblemList, type Rows, renderColumn } from "./table.ts";

/** Reads a file with a JSON object on each line: a row by column names. A column may be absent from a row. */
export async function readJsonLines(path: string, ignored: readonly string[]): Promise<Rows> {
  const list = new ProblemList(path);
  const columns = new Map<string, Value[]>();
  let [line, rows] = [0, 0];
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    const json = line === 1 ? text.replace(/^\uFEFF/, "") : text;
    if (json.trim() === "") continue;
    const row = parseRow(list, line, json);
    if (row === undefined) continue;
    for (const [name, raw] of Object.entries(row)) {
      const value = asValue(raw);
      if (value === undefined && !ignored.includes(name)) {
        const where = `line ${line}, ${renderColumn(name)}`;
        list.add(where, { seen: renderSeen(raw), allowed: "a text, a number, true, false or null", cure: FLATTEN });
      }
      columnFor(columns, name, rows).push(value ?? null);
    }
    rows++;
    for (const values of columns.values()) if (values.length < rows) values.push(null);
  }
  return { columns, problems: list.problems };
}

const FLATTEN = "Write its parts as columns of their own, or leave the column out: --ignore";

function parseRow(list: ProblemList, line: number, json: string): object | undefined {
  const allowed = "one JSON object a line";
  const cure = "Mend or remove this line";
  try {
    const row: unknown = JSON.parse(json);
    if (typeof row === "object" && row !== null && !Array.isArray(row)) return row;
    list.add(`line ${line}`, { seen: renderSeen(row), allowed, cure });
  } catch (error) {
    list.add(`line ${line}`, { seen: error instanceof Error ? error.message : String(error), allowed, cure });
  }
  return undefined;
}

/** The column's values so far; of a name that comes later, the rows before it have none. */
function columnFor(columns: Map<string, Value[]>, name: string, rows: number): Value[] {
  const known = columns.get(name);
  if (known !== undefined) return known;
  const values: Value[] = Array.from({ length: rows }, () => null);
  columns.set(name, values);
  return values;
}

import { createReadStream } from "node:fs";
import { type CsvError, parse } from "csv-parse";
import type { Value } from "../../../components/drift/index.ts";
import { ProblemList, type Rows } from "./table.ts";

/** What stands in a cell without a value. */
const MISSING: ReadonlySet<string> = new Set(["", "NA", "NaN", "nan", "null", "NULL"]);

/** Reads comma- or tab-separated values with a line of column names. */
export async function readCsv(path: string, delimiter: "," | "\t"): Promise<Rows> {
  const list = new ProblemList(path);
  const parser = createReadStream(path).pipe(
    parse({
      bom: true,
      info: true,
      delimiter,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: (error) => {
        if (error !== undefined) list.add(`line ${error.lines ?? "?"}`, explain(error));
        return undefined;
      },
    }),
  );
  let names: readonly string[] | undefined;
  const columns: Value[][] = [];
  const lines: number[] = [];
  for await (const { record, info } of parser as AsyncIterable<Parsed>) {
    if (names === undefined) {
      names = record;
      columns.push(...record.map(() => []));
      addNameProblems(list, names);
      continue;
    }
    lines.push(info.lines);
    for (const [i, cell] of record.entries()) columns[i]?.push(MISSING.has(cell) ? null : cell);
  }
  return {
    columns: new Map((names ?? []).map((name, i) => [name, columns[i] ?? []])),
    problems: list.problems,
    placeOf: (row) => `line ${lines[row]}`,
  };
}

/** A row's cells, and in which line it ended. */
interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function addNameProblems(list: ProblemList, names: readonly string[]): void {
  for (const [i, name] of names.entries()) {
    const cure = "Give every column a name of its own";
    if (name === "") list.add("line 1", { seen: `no name above column ${i + 1}`, allowed: "a name", cure });
    else if (names.indexOf(name) !== i) {
      list.add("line 1", { seen: `the column ${JSON.stringify(name)} twice`, allowed: "each name once", cure });
    }
  }
}

function explain(error: CsvError): { readonly seen: string; readonly allowed: string; readonly cure: string } {
  if (error.code === "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH") {
    const record: unknown = error.record;
    const count = Array.isArray(record) ? record.length : 0;
    return {
      seen: `${count} ${count === 1 ? "field" : "fields"}`,
      allowed: "as many as in line 1",
      cure: "Mend or remove this line",
    };
  }
  return { seen: error.message, allowed: "values in RFC 4180's notation", cure: "Mend or remove this line" };
}

import {
  asyncBufferFromFile,
  type ParquetReadOptions,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { Value } from "../../../components/drift/index.ts";
import { messageOf } from "../../../components/host/host-error.ts";
import { renderSeen } from "../../../components/release/problems.ts";
import { asValue, ProblemList, type Rows, renderColumn } from "./table.ts";

/**
 * Reads a Parquet file, one column and one group of rows after the other: of reads side by side a damaged file fails
 * several, and the reader waits for the first one alone.
 * @param ignored columns that may hold what cannot be compared; of these nothing but the name is read
 */
export async function readParquet(path: string, ignored: readonly string[]): Promise<Rows> {
  const list = new ProblemList(path);
  const columns = new Map<string, readonly Value[]>();
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const groups = metadata.row_groups.map(({ num_rows }) => Number(num_rows));
    for (const { element } of parquetSchema(metadata).children) {
      const raw = ignored.includes(element.name)
        ? []
        : await readColumn({ file, metadata, compressors, columns: [element.name] }, groups);
      columns.set(
        element.name,
        raw.map((each, row) => readValue(list, element.name, row, each)),
      );
    }
  } catch (error) {
    const cure = "Write it again, with a codec that Parquet names (SNAPPY, GZIP, ZSTD, BROTLI, LZ4)";
    list.add("as a whole", { seen: messageOf(error), allowed: "a sound Parquet file", cure });
  }
  return { columns, problems: list.problems, placeOf: (row) => `row ${row + 1}` };
}

/** @param groups how many rows each group has */
async function readColumn(source: ParquetReadOptions, groups: readonly number[]): Promise<readonly unknown[]> {
  const values: unknown[] = [];
  for (const rows of groups) {
    const [rowStart, rowEnd] = [values.length, values.length + rows];
    await parquetRead({
      ...source,
      rowFormat: "array",
      rowStart,
      rowEnd,
      onComplete: (read) => {
        for (const [value] of read) values.push(value);
      },
    });
  }
  return values;
}

function readValue(list: ProblemList, name: string, row: number, raw: unknown): Value {
  const value = asValue(raw);
  if (value !== undefined) return value;
  list.add(`row ${row + 1}, ${renderColumn(name)}`, {
    seen: renderSeen(raw),
    allowed: "a text, a number, a truth value, a time or nothing",
    cure: "Write its parts as columns of their own, or leave the column out: --ignore",
  });
  return null;
}

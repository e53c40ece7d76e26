import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { Value } from "../../../components/drift/index.ts";
import { messageOf } from "../../../components/host/host-error.ts";
import { renderSeen } from "../../../components/release/problems.ts";
import { asValue, ProblemList, type Rows, renderColumn } from "./table.ts";

/** Reads a Parquet file, column by column. */
export async function readParquet(path: string, ignored: readonly string[]): Promise<Rows> {
  const list = new ProblemList(path);
  const columns = new Map<string, Value[]>();
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    for (const { name, num_children } of metadata.schema.slice(1)) if (!num_children) columns.set(name, []);
    await parquetRead({
      file,
      metadata,
      compressors,
      onChunk: ({ columnName, columnData, rowStart }) =>
        addChunk(ignored.includes(columnName) ? undefined : list, columns, columnName, columnData, rowStart),
    });
  } catch (error) {
    const cure = "Write it again, with a codec that Parquet names (SNAPPY, GZIP, ZSTD, BROTLI, LZ4)";
    list.add("as a whole", { seen: messageOf(error), allowed: "a sound Parquet file", cure });
  }
  return { columns, problems: list.problems };
}

/** @param list undefined for a column of which nothing is asked */
function addChunk(
  list: ProblemList | undefined,
  columns: Map<string, Value[]>,
  name: string,
  data: ArrayLike<unknown>,
  rowStart: number,
): void {
  const values = columns.get(name) ?? [];
  columns.set(name, values);
  for (let i = 0; i < data.length; i++) {
    const value = asValue(data[i]);
    if (value === undefined && list !== undefined) {
      const cure = "Write its parts as columns of their own, or leave the column out: --ignore";
      list.add(`row ${rowStart + i + 1}, ${renderColumn(name)}`, { seen: renderSeen(data[i]), allowed: SCALARS, cure });
    }
    values[rowStart + i] = value ?? null;
  }
}

const SCALARS = "a text, a number, a truth value, a time or nothing";

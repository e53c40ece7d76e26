import { createHash } from "node:crypto";
import { createReadStream, readdirSync, statSync } from "node:fs";
import { extname } from "node:path";
import { errorCode, messageOf } from "../../../components/host/host-error.ts";
import type { Problem } from "../../../components/release/problems.ts";
import { explainSystemError } from "../system-errors.ts";
import type { Rows, Table } from "./table.ts";

/** A format, and how it is read. A reader is loaded when a file asks for it. */
interface Format {
  readonly untyped: boolean;
  read(path: string, ignored: readonly string[]): Promise<Rows>;
}

const csv = (delimiter: "," | "\t"): Format => ({
  untyped: true,
  read: async (path) => (await import("./read-csv.ts")).readCsv(path, delimiter),
});
const jsonLines: Format = {
  untyped: false,
  read: async (path, ignored) => (await import("./read-json-lines.ts")).readJsonLines(path, ignored),
};
const json: Format = {
  untyped: false,
  read: async (path, ignored) => (await import("./read-json.ts")).readJson(path, ignored),
};
const parquet: Format = {
  untyped: false,
  read: async (path, ignored) => (await import("./read-parquet.ts")).readParquet(path, ignored),
};

const formats: ReadonlyMap<string, Format> = new Map([
  [".csv", csv(",")],
  [".tsv", csv("\t")],
  [".json", json],
  [".jsonl", jsonLines],
  [".ndjson", jsonLines],
  [".parquet", parquet],
]);

/** Files of the working directory that can be read, by their names: for completion. */
export const tableFiles = (): readonly string[] =>
  readdirSync(".").filter((name) => formats.has(extname(name).toLowerCase()));

/** A table, or everything that is wrong with its file. */
export type Read = { readonly table: Table } | { readonly problems: readonly Problem[] };

/** Reads a file by the format that its name ends in. @param ignored columns that may hold what cannot be compared */
export async function readTable(path: string, ignored: readonly string[] = []): Promise<Read> {
  const format = formats.get(extname(path).toLowerCase());
  if (format === undefined) {
    const allowed = `a name that ends in ${[...formats.keys()].join(", ")}`;
    const seen = JSON.stringify(extname(path));
    return { problems: [{ path, seen, allowed, cure: "Name the file by its format, or convert it" }] };
  }
  const unusable = checkFile(path);
  if (unusable !== undefined) return { problems: [unusable] };
  const { columns, placeOf, problems } = await format.read(path, ignored);
  if (problems.length > 0) return { problems };
  const rows = Math.max(0, ...[...columns.values()].map((values) => values.length));
  if (rows === 0) {
    const cure = "Look at what wrote it";
    return { problems: [{ path, seen: "no rows", allowed: "at least one row", cure }] };
  }
  return { table: { path, content: await hashFile(path), rows, untyped: format.untyped, columns, placeOf } };
}

function checkFile(path: string): Problem | undefined {
  const allowed = "a file that can be read";
  try {
    return statSync(path).isFile() ? undefined : { path, seen: "a folder or a device", allowed, cure: "Name one file" };
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    const seen = explainSystemError(error)?.replace(`${path}: `, "") ?? messageOf(error);
    return { path, seen, allowed, cure: "Look at its path and its rights" };
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { messageOf } from "../../../components/host/host-error.ts";
import { JsonRows } from "./json-rows.ts";
import type { Rows } from "./table.ts";

/** Reads a file with a JSON object on each line: a row by column names. */
export async function readJsonLines(path: string, ignored: readonly string[]): Promise<Rows> {
  const collected = new JsonRows(path, ignored);
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    const json = line === 1 ? text.replace(/^\uFEFF/, "") : text;
    if (json.trim() === "") continue;
    const place = `line ${line}`;
    let row: unknown;
    try {
      row = JSON.parse(json);
    } catch (error) {
      collected.refuse(place, messageOf(error), "one JSON object a line");
      continue;
    }
    collected.add(place, row);
  }
  return collected.rows;
}

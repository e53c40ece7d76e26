import { readFile } from "node:fs/promises";
import { messageOf } from "../../../components/host/host-error.ts";
import { renderSeen } from "../../../components/release/problems.ts";
import { JsonRows } from "./json-rows.ts";
import type { Rows } from "./table.ts";

/** Reads a file that is a JSON list of objects: a row each, by column names. */
export async function readJson(path: string, ignored: readonly string[]): Promise<Rows> {
  const collected = new JsonRows(path, ignored);
  const text = (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
  const allowed = "a JSON list of objects";
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) for (const [i, row] of list.entries()) collected.add(`[${i}]`, row);
    else collected.refuse("as a whole", renderSeen(list), allowed, "Put the rows into one list");
  } catch (error) {
    collected.refuse("as a whole", messageOf(error), allowed, "Mend what is no JSON");
  }
  return collected.rows;
}

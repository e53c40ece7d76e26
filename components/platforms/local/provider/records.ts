import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { readJson, writeJsonAtomic } from "../../../host/atomic-file.ts";
import type { ResourceRecord, Subject } from "../../../provider/place.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { recordPath } from "../state-folder/paths.ts";

/** Which record of a folder. */
type Recorded = Pick<Subject, "type" | "name">;

/** What is recorded of a resource; undefined when nothing is. @throws HostError when the record is damaged */
export const recordIn = (folder: StateFolder, recorded: Recorded): ResourceRecord | undefined =>
  readJson(fileOf(folder, recorded), recordSchema);

/** Writes a record as a whole. */
export function writeRecord(folder: StateFolder, recorded: Recorded, record: ResourceRecord): void {
  const file = fileOf(folder, recorded);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeJsonAtomic(file, record);
}

/** Removes a record, if there is one. */
export const removeRecord = (folder: StateFolder, recorded: Recorded): void =>
  rmSync(fileOf(folder, recorded), { force: true });

const plain = z.record(z.string(), z.unknown());
const recordSchema = z.object({
  ...{ inputs: plain, state: plain },
  ...{ owner: z.string().exactOptional(), stack: z.string().exactOptional() },
});

const fileOf = (folder: StateFolder, { type, name }: Recorded): string => folder.path(recordPath(type, name));

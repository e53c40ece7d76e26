import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { readJson, writeJsonAtomic } from "../../../host/atomic-file.ts";
import { refusal } from "../../../kit/index.ts";
import { findStateFolder, openStateFolder, type StateFolder } from "../state-folder/folder.ts";
import { recordPath } from "../state-folder/paths.ts";

/** Where a resource is and what it is called there: its id. A stack that lost its state imports by it. */
export interface Location {
  readonly stateDir: string;
  readonly type: string;
  readonly name: string;
}

/** What the engine asked for and what it got, kept beside what exists, so that an id alone says everything. */
export interface ResourceRecord {
  readonly inputs: Record<string, unknown>;
  readonly state: Record<string, unknown>;
  /** Whose it is: the last one that created it. Absent where version 0.1.0 did. */
  readonly owner?: string;
  /** `<project>/<stack>` that has it. Absent where version 0.1.0 made it. */
  readonly stack?: string;
}

export const idOf = ({ stateDir, name }: Location): string => `${stateDir}#${name}`;

/** @throws pulumi.RunError that says what an id looks like. */
export function locationOf(type: string, id: string): Location {
  const [, stateDir, name] = /^(\/.*)#([^#]+)$/.exec(id) ?? [];
  if (stateDir === undefined || name === undefined) {
    throw refusal(
      `${type}: seen the id "${id}"; allowed: <absolute path of the state folder>#<name>, such as /home/ml/.local/state/model-lifecycle/app/prod#sentiment`,
    );
  }
  return { stateDir, type, name };
}

export function writeRecord(location: Location, record: ResourceRecord): void {
  const file = fileOf(openStateFolder(location.stateDir), location);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeJsonAtomic(file, record);
}

export function readRecord(location: Location): ResourceRecord | undefined {
  const folder = findStateFolder(location.stateDir);
  return folder && readJson(fileOf(folder, location), recordSchema);
}

export function removeRecord(location: Location): void {
  const folder = findStateFolder(location.stateDir);
  if (folder !== undefined) rmSync(fileOf(folder, location), { force: true });
}

const plain = z.record(z.string(), z.unknown());
const recordSchema = z.object({
  ...{ inputs: plain, state: plain },
  ...{ owner: z.string().exactOptional(), stack: z.string().exactOptional() },
});

const fileOf = (folder: StateFolder, { type, name }: Location): string => folder.path(recordPath(type, name));

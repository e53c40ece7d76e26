import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import { readJson } from "../state-folder/atomic-file.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { directories } from "../state-folder/paths.ts";
import { errorCode } from "../state-folder/state-folder-error.ts";
import { type ProcessSpec, processSpecSchema } from "./process-spec.ts";

interface KnownSpec {
  readonly stamp: string;
  readonly spec: ProcessSpec | undefined;
}

/** Reads the specs of a folder again and again, and parses only what changed. */
export class SpecReader {
  readonly #folder: StateFolder;
  readonly #log: (line: string) => void;
  #known: ReadonlyMap<string, KnownSpec> = new Map();

  constructor(folder: StateFolder, log: (line: string) => void) {
    this.#folder = folder;
    this.#log = log;
  }

  read(): readonly ProcessSpec[] {
    this.#known = new Map(
      listSpecFiles(this.#folder).flatMap((file) => {
        const known = this.#readFile(file);
        return known === undefined ? [] : [[file, known] as const];
      }),
    );
    return [...this.#known.values()].flatMap(({ spec }) => (spec === undefined ? [] : [spec]));
  }

  #readFile(file: string): KnownSpec | undefined {
    const path = join(this.#folder.path(directories.processes), file);
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return undefined;
    const stamp = `${found.ino}:${found.size}:${found.mtimeNs}`;
    const known = this.#known.get(file);
    if (known?.stamp === stamp) return known;
    try {
      const spec = readJson(path, processSpecSchema);
      return spec === undefined ? undefined : { stamp, spec };
    } catch (error) {
      // A damaged spec is no wish to end what serves: the last good one stays in force.
      this.#log(error instanceof Error ? error.message : String(error));
      return { stamp, spec: known?.spec };
    }
  }
}

/** Calls back soon after any spec changed. Best effort: where watching does not work, reading again finds it later. */
export function watchSpecs(folder: StateFolder, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder.path(directories.processes), { persistent: false }, (_event, file) => {
      if (file !== null && isSpecFile(file)) changed();
    });
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

const isSpecFile = (file: string): boolean =>
  file.endsWith(".json") && !file.endsWith(".status.json") && !file.startsWith(".");

function listSpecFiles(folder: StateFolder): readonly string[] {
  try {
    return readdirSync(folder.path(directories.processes)).filter(isSpecFile);
  } catch (error) {
    // Whoever removes the folder wants nothing of it to run on.
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

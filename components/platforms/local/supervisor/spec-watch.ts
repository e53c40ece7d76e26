import { type FSWatcher, statSync, watch } from "node:fs";
import { readJson } from "../../../host/atomic-file.ts";
import { messageOf } from "../../../host/host-error.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { directories, specPath } from "../state-folder/paths.ts";
import { isSpecFile, listSpecNames } from "./process-names.ts";
import { type ProcessSpec, processSpecSchema } from "./process-spec.ts";

interface KnownSpec {
  readonly stamp: string;
  readonly spec: ProcessSpec | undefined;
}

/** What the specs of a folder ask for. */
export interface ReadSpecs {
  readonly specs: readonly ProcessSpec[];
  /** Names whose spec is damaged and was never seen whole: nobody knows what is wanted of them. */
  readonly unreadable: readonly string[];
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

  read(): ReadSpecs {
    this.#known = new Map(
      listSpecNames(this.#folder).flatMap((name) => {
        const known = this.#readSpec(name);
        return known === undefined ? [] : [[name, known] as const];
      }),
    );
    return {
      specs: [...this.#known.values()].flatMap(({ spec }) => (spec === undefined ? [] : [spec])),
      unreadable: [...this.#known].flatMap(([name, { spec }]) => (spec === undefined ? [name] : [])),
    };
  }

  #readSpec(name: string): KnownSpec | undefined {
    const path = this.#folder.path(specPath(name));
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return undefined;
    const stamp = `${found.ino}:${found.size}:${found.mtimeNs}`;
    const known = this.#known.get(name);
    if (known?.stamp === stamp) return known;
    try {
      const spec = readJson(path, processSpecSchema);
      return spec === undefined ? undefined : { stamp, spec };
    } catch (error) {
      // A damaged spec is no wish to end what serves: the last good one stays in force.
      this.#log(messageOf(error));
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

import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJsonIfSound, writeJsonAtomic } from "../../../host/atomic-file.ts";
import {
  type EndingRecord,
  type HistoryEntry,
  type HistoryRecord,
  type HistorySummary,
  type PairedHistory,
  summaryOf,
  taughtBy,
} from "../../../rollout/index.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { gatewayPaths } from "../state-folder/paths.ts";
import { parseIntervals } from "./record-checks.ts";

const MOST_RECORDS = 200;

/** Among how many of the newest endings those are looked for that teach the next rollout. */
const LOOKED_AT = 20;

/** The endings that a gateway remembers, in `history/` of its folder: over restarts, other rollouts and its removal. */
export class History {
  readonly #directory: string;
  readonly #intervals: string;

  constructor(paths: { readonly directory: string; readonly intervals: string }) {
    this.#directory = directoryIn(paths.directory);
    this.#intervals = paths.intervals;
  }

  /** Writes one ending, with a copy of the intervals it was judged on. The oldest beyond 200 are removed. */
  append(ending: EndingRecord): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const id = `${ending.to.replaceAll(":", "-")}-${randomBytes(3).toString("hex")}`;
    if (ending.question !== undefined && existsSync(this.#intervals)) {
      copyFileSync(this.#intervals, intervalsOf(this.#directory, id));
    }
    writeJsonAtomic(recordPath(this.#directory, id), { format: 1, id, ...ending });
    for (const old of idsIn(this.#directory).slice(0, -MOST_RECORDS)) {
      for (const path of [recordPath(this.#directory, old), intervalsOf(this.#directory, old)]) {
        rmSync(path, { force: true });
      }
    }
  }

  list(): readonly HistorySummary[] {
    return idsIn(this.#directory)
      .map((id) => readRecord(this.#directory, id))
      .filter((record) => record !== undefined)
      .map(summaryOf);
  }

  /** What the newest promoted rollouts have counted side by side, the oldest first. Records that have none of it teach nothing. */
  paired(): readonly PairedHistory[] {
    const newest = idsIn(this.#directory).slice(-LOOKED_AT);
    return taughtBy(newest.flatMap((id) => readRecord(this.#directory, id) ?? []));
  }

  read(id: string): HistoryEntry | undefined {
    // A name from outside is looked up, never opened.
    return idsIn(this.#directory).includes(id) ? readEntry(this.#directory, id) : undefined;
  }

  /** The newest with evidence: of one rollout, or of any. */
  newest(identity: string): HistoryEntry | undefined {
    const id = this.#newestId(identity);
    return id === undefined ? undefined : this.read(id);
  }

  /** The same, with the file of its intervals instead of these. */
  newestFile(identity: string): { readonly record: HistoryRecord; readonly intervals: string } | undefined {
    const id = this.#newestId(identity);
    const record = id === undefined ? undefined : readRecord(this.#directory, id);
    return record && { record, intervals: intervalsOf(this.#directory, record.id) };
  }

  #newestId(identity: string): string | undefined {
    return this.list().findLast((each) => each.identity !== "" && (identity === "" || each.identity === identity))?.id;
  }
}

/** The endings that the gateway of an endpoint has recorded, the newest last; it need not run. */
export const readHistory = (folder: StateFolder, endpoint: string): readonly HistorySummary[] =>
  historyOf(folder, endpoint).list();

/** One of them with its evidence; undefined when there is none of this id. */
export const readHistoryEntry = (folder: StateFolder, endpoint: string, id: string): HistoryEntry | undefined =>
  historyOf(folder, endpoint).read(id);

function historyOf(folder: StateFolder, endpoint: string): History {
  const { directory, intervals } = gatewayPaths(endpoint);
  return new History({ directory: folder.path(directory), intervals: folder.path(intervals) });
}

const directoryIn = (gateway: string): string => join(gateway, "history");
const recordPath = (directory: string, id: string): string => join(directory, `${id}.json`);
const intervalsOf = (directory: string, id: string): string => join(directory, `${id}.intervals.jsonl`);

function idsIn(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json") && !name.startsWith("."))
    .map((name) => name.slice(0, -".json".length))
    .toSorted();
}

/** Undefined when it is damaged: the others are told all the same. */
function readRecord(directory: string, id: string): HistoryRecord | undefined {
  const record = readJsonIfSound(recordPath(directory, id), endingSchema);
  if (record === undefined) return undefined;
  const { format: _, ...rest } = record;
  return { ...rest, id };
}

const text = z.string().exactOptional();
const content = z.looseObject({}).exactOptional();
/** More may stand there, or less: another version may have written it. What stands there is what it is taken for. */
const ending = z.looseObject({
  ...{ to: z.string(), identity: z.string(), from: text, how: text, model: text, attempt: text },
  ...{ stable: text, candidate: text, serving: text, contents: z.record(z.string(), z.string()).exactOptional() },
  ...{
    cause: text,
    reason: text,
    by: text,
    question: text,
    settings: content,
    verdict: content,
    method: z.number().exactOptional(),
  },
});
const endingSchema = z.custom<EndingRecord & { readonly format?: number }>(
  (record) => ending.safeParse(record).success,
);

function readEntry(directory: string, id: string): HistoryEntry | undefined {
  const record = readRecord(directory, id);
  if (record === undefined) return undefined;
  const path = intervalsOf(directory, id);
  const intervals = parseIntervals(existsSync(path) ? readFileSync(path, "utf8") : "")
    .filter((each) => each !== undefined)
    .filter(({ question }) => question === record.question)
    .map(({ question: _, ...interval }) => interval);
  return { ...record, intervals };
}

import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, readSync, rmSync, statSync } from "node:fs";
import type { TrafficEvent } from "../../../spec/status.ts";
import type { TrafficPlan } from "../../../spec/traffic.ts";
import { appendJsonLine, writeAtomic, writeJsonAtomic } from "../state-folder/atomic-file.ts";
import type { GatewayPaths } from "../state-folder/paths.ts";
import { errorCode, StateFolderError } from "../state-folder/state-folder-error.ts";
import type { Contents, RolledBack } from "./content-memory.ts";
import type { Ended, Progress } from "./rollout.ts";
import type { ClosedInterval, TrialState } from "./trial.ts";

const FORMAT = 1;

/** The last accepted plan: `route.json`. */
export interface RouteRecord {
  readonly format: typeof FORMAT;
  readonly generation: number;
  readonly plan: TrafficPlan;
  readonly servers: Readonly<Record<string, string>>;
  /** Unix seconds at which each version's notice was first seen: what the `Deprecation` header says. */
  readonly deprecatedSince: Readonly<Record<string, number>>;
}

/** How far it came: `rollout.json`. */
export interface RolloutRecord {
  readonly format: typeof FORMAT;
  readonly progress: Progress;
  readonly since: string;
  /** What the judges remembered when this was written, and how many bytes of intervals.jsonl they had read. */
  readonly trial?: { readonly state: TrialState; readonly offset: number };
  /** Rollouts that were ended, by identity: none of them opens again. The newest last, at most 1,000. */
  readonly ended: Readonly<Record<string, Ended>>;
  /** The promotion that was taken back; gone with the first plan that has another stable version. */
  readonly rolledBack?: RolledBack;
  /** What is known of each content; absent in files of version 0.1.0. */
  readonly contents?: Contents;
  /** The content that serves everybody, or did until the route was removed; absent in files of version 0.1.0. */
  readonly serving?: string;
  /** A person took traffic back, and no plan has moved any since: the same again does nothing. */
  readonly takenBack?: boolean;
  readonly events: readonly TrafficEvent[];
}

/** A line of `intervals.jsonl`. */
export interface RecordedInterval extends ClosedInterval {
  /** Which rollout, judged on which terms, it is evidence for: 16 hex digits. */
  readonly question: string;
}

export const FORMAT_NUMBER: typeof FORMAT = FORMAT;

/** The gateway's files in its folder. Changes are on the disk (fsync) when a write returns. */
export class Persistence {
  readonly paths: GatewayPaths;

  constructor(paths: GatewayPaths) {
    this.paths = paths;
    mkdirSync(paths.directory, { recursive: true, mode: 0o700 });
  }

  readRoute(): RouteRecord | undefined {
    return readRecord<RouteRecord>(this.paths.route);
  }

  writeRoute(record: RouteRecord): void {
    writeJsonAtomic(this.paths.route, record);
  }

  /** Forgets the route and what came of it, not the ended rollouts' evidence. */
  remove(): void {
    rmSync(this.paths.route, { force: true });
  }

  readRollout(): RolloutRecord | undefined {
    return readRecord<RolloutRecord>(this.paths.rollout);
  }

  writeRollout(record: RolloutRecord): void {
    writeJsonAtomic(this.paths.rollout, record);
  }

  appendInterval(interval: RecordedInterval): void {
    appendJsonLine(this.paths.intervals, interval);
  }

  /** A rollout begins: the intervals of the one before are dropped. */
  clearIntervals(): void {
    // Removed, not emptied: a full disk can do that, too.
    rmSync(this.paths.intervals, { force: true });
  }

  /** Whole lines from a byte offset on, and where the next one begins. */
  readIntervals(offset: number): { intervals: readonly RecordedInterval[]; offset: number } {
    const size = statSync(this.paths.intervals, { throwIfNoEntry: false })?.size ?? 0;
    const length = size - offset;
    if (length <= 0) return { intervals: [], offset };
    const buffer = Buffer.alloc(length);
    const file = openSync(this.paths.intervals, "r");
    try {
      readSync(file, buffer, 0, length, offset);
    } finally {
      closeSync(file);
    }
    const whole = buffer.lastIndexOf(0x0a) + 1;
    const lines = buffer.subarray(0, whole).toString().split("\n").slice(0, -1);
    return { intervals: lines.map((line) => JSON.parse(line) as RecordedInterval), offset: offset + whole };
  }

  /** A secret of this gateway; made when it is missing. */
  readSecret(path: string): string {
    try {
      return readFileSync(path, "utf8").trim();
    } catch {
      writeAtomic(path, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600 });
      return readFileSync(path, "utf8").trim();
    }
  }
}

/**
 * A record of the gateway; undefined when there is none.
 * @throws StateFolderError when there is one and it cannot be read: it is never taken for none.
 */
export function readRecord<Document extends { readonly format: number }>(path: string): Document | undefined {
  let record: Document;
  try {
    record = JSON.parse(readFileSync(path, "utf8")) as Document;
    if (typeof record.format !== "number") throw new Error("it has no format");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw new StateFolderError(
      {
        path,
        seen: `it cannot be read (${error instanceof Error ? error.message : String(error)})`,
        allowed: "the record that the gateway writes",
        cure: "Make it readable for its owner, or close what keeps too many files open, and run the same again; `mlc doctor` says more.",
      },
      { cause: error },
    );
  }
  if (record.format > FORMAT) {
    throw new StateFolderError({
      path,
      seen: `format ${record.format} was written by a newer version`,
      allowed: `format ${FORMAT}`,
      cure: "Install the newer version.",
    });
  }
  return record;
}

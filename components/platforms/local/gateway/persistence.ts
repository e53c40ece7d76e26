import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, readSync, rmSync, statSync } from "node:fs";
import type { TrafficEvent } from "../../../spec/status.ts";
import type { TrafficPlan } from "../../../spec/traffic.ts";
import { appendJsonLine, writeAtomic, writeJsonAtomic } from "../state-folder/atomic-file.ts";
import type { GatewayPaths } from "../state-folder/paths.ts";
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
  readonly events: readonly TrafficEvent[];
}

/** A line of `intervals.jsonl`. */
export interface RecordedInterval extends ClosedInterval {
  /** Which rollout, judged on which terms, it is evidence for: 16 hex digits. */
  readonly question: string;
}

export interface RolledBack {
  readonly version: string;
  readonly sha256: string;
  readonly at: string;
  readonly reason: string;
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

function readRecord<Document extends { readonly format: number }>(path: string): Document | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  const record = JSON.parse(text) as Document;
  if (record.format > FORMAT) {
    throw new Error(
      `${path}: format ${record.format} was written by a newer version; this one reads format ${FORMAT}. Install the newer version.`,
    );
  }
  return record;
}

import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { basename } from "node:path";
import { appendJsonLine, writeAtomic } from "../../../host/atomic-file.ts";
import { errorCode } from "../../../host/host-error.ts";
import type { GatewayPaths } from "../state-folder/paths.ts";
import { checkRolloutRecord, checkRouteRecord, parseIntervals } from "./record-checks.ts";
import { type Check, readRecord, recoverRecord, removeRecord, setAside, writeRecord } from "./record-files.ts";
import type { RecordedInterval, RolloutRecord, RouteRecord } from "./records.ts";

export type { RecordedInterval, RolloutRecord, RouteRecord };

/** The gateway's files in its folder. Changes are on the disk (fsync) when a write returns. */
export class Persistence {
  readonly paths: GatewayPaths;
  readonly #losses: string[] = [];

  constructor(paths: GatewayPaths) {
    this.paths = paths;
    mkdirSync(paths.directory, { recursive: true, mode: 0o700 });
  }

  /** What stood in the files that cannot be used any more, since this was last asked. */
  takeLosses(): readonly string[] {
    return this.#losses.splice(0);
  }

  readRoute(): RouteRecord | undefined {
    return readRecord(this.paths.route, checkRouteRecord);
  }

  readRollout(): RolloutRecord | undefined {
    return readRecord(this.paths.rollout, checkRolloutRecord);
  }

  /** As `readRoute`, for the process that serves: what is damaged is replaced or set aside, and told by `takeLosses`. */
  recoverRoute(): RouteRecord | undefined {
    return this.#recover(this.paths.route, checkRouteRecord);
  }

  /** As `recoverRoute`. */
  recoverRollout(): RolloutRecord | undefined {
    return this.#recover(this.paths.rollout, checkRolloutRecord);
  }

  writeRoute(record: RouteRecord): void {
    writeRecord(this.paths.route, record);
  }

  /** Forgets the route and what came of it, not the ended rollouts' evidence. */
  remove(): void {
    removeRecord(this.paths.route);
  }

  /** The intervals are on the disk before the record that says how many bytes of them were read. */
  writeRollout(record: RolloutRecord): void {
    this.#syncIntervals();
    writeRecord(this.paths.rollout, record);
  }

  appendInterval(interval: RecordedInterval): void {
    appendJsonLine(this.paths.intervals, interval);
  }

  /** A rollout begins: the intervals of the one before are dropped. */
  clearIntervals(): void {
    // Removed, not emptied: a full disk can do that, too.
    rmSync(this.paths.intervals, { recursive: true, force: true });
  }

  /** Whole lines from a byte offset on, and where the next one begins. What is no interval is left out. */
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
    const intervals = parseIntervals(buffer.subarray(0, whole).toString()).filter((each) => each !== undefined);
    return { intervals, offset: offset + whole };
  }

  /** Whether the intervals are whole, and reach as far as was judged. A last line without its end was not written. */
  areIntervalsWhole(judged: number): boolean {
    let content: Buffer;
    try {
      content = readFileSync(this.paths.intervals);
    } catch (error) {
      return errorCode(error) === "ENOENT" && judged === 0;
    }
    const whole = content.lastIndexOf(0x0a) + 1;
    if (whole < content.length) truncateSync(this.paths.intervals, whole);
    return whole >= judged && !parseIntervals(content.subarray(0, whole).toString()).includes(undefined);
  }

  /** Keeps intervals that are damaged beside, and begins anew. */
  setIntervalsAside(loss: string): void {
    setAside(this.paths.intervals);
    this.#losses.push(loss);
  }

  /** A secret of this gateway; made when it is missing or damaged. */
  readSecret(path: string): string {
    const known = readText(path);
    if (known !== undefined && SECRET.test(known)) return known;
    if (known !== undefined) this.#losses.push(`${basename(path)} was damaged; a new one is made`);
    setAside(path);
    const secret = randomBytes(32).toString("base64url");
    writeAtomic(path, `${secret}\n`, { mode: 0o600 });
    return secret;
  }

  #recover<Document extends object>(path: string, check: Check<Document>): Document | undefined {
    const { record, loss } = recoverRecord(path, check);
    if (loss !== undefined) this.#losses.push(loss);
    return record;
  }

  #syncIntervals(): void {
    if (!existsSync(this.paths.intervals)) return;
    const file = openSync(this.paths.intervals, "r");
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}

/** 32 random bytes in base64url. */
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** Undefined when there is none; empty when it cannot be read. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    return errorCode(error) === "ENOENT" ? undefined : "";
  }
}

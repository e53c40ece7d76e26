import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { writeAtomic } from "../../../host/atomic-file.ts";
import type { Holdings } from "./holdings.ts";
import { type RuleName, rules } from "./rules.ts";

/** What is chosen of an account. */
export interface AccountSettings {
  /** Folder where the account is kept, absolute; it is made. @default in memory alone */
  readonly folder?: string;
  /** Names of rules that do not hold. @default none @throws RangeError by the account, for a name that is no rule's */
  readonly off?: readonly string[];
  /** @default eu-central-1 */
  readonly region?: string;
}

interface Contents {
  readonly seconds: number;
  readonly serial: number;
  readonly holdings: Holdings;
}

const EMPTY: Holdings = {
  alarms: {},
  configurations: {},
  dashboards: {},
  endpoints: {},
  logGroups: {},
  models: {},
  roles: {},
};

/** A simulated account of AWS in one region: what it holds, its clock, and which of its rules hold. */
export class Account {
  /** As AWS's own examples write it. */
  readonly id = "123456789012";
  readonly region: string;
  readonly holdings: Holdings;
  readonly #file: string | undefined;
  readonly #off: ReadonlySet<string>;
  #seconds = 0;
  #serial = 0;

  constructor({ folder, off = [], region = "eu-central-1" }: AccountSettings = {}) {
    this.region = region;
    this.#off = rulesOf(off);
    this.holdings = structuredClone(EMPTY);
    this.#file = folder === undefined ? undefined : path.join(folder, "account.json");
    if (this.#file === undefined || !existsSync(this.#file)) return;
    const { seconds, serial, holdings } = JSON.parse(readFileSync(this.#file, "utf8")) as Contents;
    this.#seconds = seconds;
    this.#serial = serial;
    this.holdings = { ...this.holdings, ...holdings };
  }

  /** Seconds since the account began, by its own clock, which moves when it is told to. */
  get seconds(): number {
    return this.#seconds;
  }

  /** The clock begins with 2026. */
  get now(): string {
    return `${new Date(Date.UTC(2026, 0, 1) + this.#seconds * 1000).toISOString().slice(0, 19)}Z`;
  }

  /** Whether a rule holds. */
  holds(rule: RuleName): boolean {
    return !this.#off.has(rule);
  }

  /** Lets time pass. @param seconds whole and at least 0 */
  advance(seconds: number): void {
    this.#seconds += seconds;
  }

  /** A number that was never given before. */
  next(): number {
    this.#serial += 1;
    return this.#serial;
  }

  /** `arn:aws:sagemaker:eu-central-1:123456789012:endpoint/churn` */
  arn(service: string, rest: string, region: string = this.region): string {
    return `arn:aws:${service}:${region}:${this.id}:${rest}`;
  }

  /** Writes the account down where it is kept in a folder. */
  save(): void {
    if (this.#file === undefined) return;
    mkdirSync(path.dirname(this.#file), { recursive: true });
    const contents: Contents = { seconds: this.#seconds, serial: this.#serial, holdings: this.holdings };
    writeAtomic(this.#file, JSON.stringify(contents));
  }
}

function rulesOf(names: readonly string[]): ReadonlySet<string> {
  const unknown = names.filter((name) => !Object.hasOwn(rules, name));
  if (unknown.length === 0) return new Set(names);
  throw new RangeError(
    `${unknown.join(", ")}: no rule of the simulated account, which has ${Object.keys(rules).join(", ")}.`,
  );
}

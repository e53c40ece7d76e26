/** What is known of a model in one quarter. Everything but the quarter may be unknown. */
export interface QuarterFacts {
  /** A complete quarter: `2026Q3`. */
  readonly quarter: string;
  /** What the model brought in the quarter, in the unit of `cost`. Any finite number. */
  readonly value?: number;
  /** What it was to bring. Above 0. */
  readonly target?: number;
  /** What it cost in the quarter, from 0. */
  readonly cost?: number;
  /** What it was asked in the quarter, from 0: 0 is a whole quarter without a request. */
  readonly requests?: number;
  /** Requests that failed. From 0; with `slow` at most `requests`. @default 0 where `slow` is known */
  readonly errors?: number;
  /** Requests that did not fail and were answered later than promised. From 0. @default 0 where `errors` is known */
  readonly slow?: number;
  /** Share of requests that were promised to go well: 0.999. From 0, below 1. */
  readonly slo?: number;
  /** A measure of quality in which more is better, and the least that is good enough. From 0; above 0. */
  readonly quality?: number;
  readonly qualityThreshold?: number;
  /** Share of features that drift. 0 to 1. */
  readonly driftShare?: number;
  /** Days since the version was trained, and after how many it is too old. From 0; above 0. */
  readonly ageDays?: number;
  readonly maxAgeDays?: number;
  /** Share of what is paid for that is used. 0 to 1. */
  readonly utilisation?: number;
  /** Whose it is. */
  readonly owner?: string;
  /** Whether the owner is still there. */
  readonly ownerActive?: boolean;
  readonly modelCard?: boolean;
  /** Whether the last validation still holds. */
  readonly validationInDate?: boolean;
  /** Whether those who depend on the model are registered. */
  readonly dependentsRegistered?: boolean;
  readonly rollbackDrillPassed?: boolean;
  /** How many depend on it. From 0. */
  readonly dependents?: number;
  /** The model that took its place. */
  readonly supersededBy?: string;
  /** What it is for, and what it is given: two models overlap only where both are the same. */
  readonly task?: string;
  readonly inputSchema?: string;
  /** Another model of the portfolio, and how far both do the same: the correlation of scores, or the share of traffic. 0 to 1. */
  readonly overlapsWith?: string;
  readonly overlap?: number;
  /** Standard deviation of the value's own noise, as a share of the value. From 0. @default 0 */
  readonly noise?: number;
}

/** A model of the portfolio, and its quarters in any order. */
export interface ModelFacts {
  readonly model: string;
  /** At least one, each once. A quarter between two others may be absent. */
  readonly quarters: readonly QuarterFacts[];
}

const QUARTER = /^((?:19|20)\d{2})-?Q([1-4])$/;

/** The number of a quarter, one more for the next one; undefined for what is none. `2026Q3` and `2026-Q3` are quarters. */
export function quarterNumber(quarter: string): number | undefined {
  const [, year, number] = QUARTER.exec(quarter) ?? [];
  return year === undefined || number === undefined ? undefined : Number(year) * 4 + Number(number) - 1;
}

/** The newest of quarters; empty of none. */
export const latestOf = (quarters: readonly string[]): string =>
  quarters.reduce((a, b) => ((quarterNumber(b) ?? 0) > (quarterNumber(a) ?? 0) ? b : a), "");

/** The quarter of a number, as it is written: `2026Q3`. */
export const renderQuarter = (number: number): string => `${Math.floor(number / 4)}Q${(number % 4) + 1}`;

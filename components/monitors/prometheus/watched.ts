import type { VersionSeries } from "../monitor.ts";
import type { ErrorChances } from "./queries.ts";

/** What rules and dashboards are written for. Their text depends on it alone. */
export interface Watched extends ErrorChances {
  readonly model: string;
  /** Who answers for it: a label of every alert. */
  readonly owner: string;
  /** The series that tell of it; what asks for another one is left out. */
  readonly series: readonly string[];
  /** How requests of its versions are counted. @default as our own gateway does */
  readonly versionSeries?: VersionSeries | undefined;
  /** Share of requests that clients get answered, over 30 days: more than 0, less than 1. */
  readonly objective: number;
  /** Where runbooks stand. @default nowhere */
  readonly runbooks?: string | undefined;
}

/** Our own names, wherever they are read: not those of recorded series, which have colons. */
const OWN = /(?<![\w:])model_[a-z_]+(?![\w:])/g;

/** Whether everything that an expression reads under our own names is there. */
export const isTold = (expr: string, { series }: Pick<Watched, "series">): boolean =>
  [...expr.matchAll(OWN)].every(([name]) => series.includes(name.replace(/_bucket$/, "")));

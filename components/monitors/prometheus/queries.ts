import type { VersionSeries } from "../monitor.ts";
import { ownSeries } from "./own-series.ts";

/** PromQL over what is known of one model. A window is a PromQL range, such as "5m". */
export interface Queries {
  /** A metric's series of this model; `labels` narrows them further. */
  readonly select: (metric: string, labels?: string) => string;
  /** Requests sent to each version, per second. */
  readonly requestRate: (window: string) => string;
  /** Requests of the model, per second. */
  readonly modelRate: (window: string) => string;
  /** Share of a version's requests that it failed (0 to 1). No value while it gets none. */
  readonly errorRatio: (window: string) => string;
  /** Share of the model's clients that got an error (0 to 1): what stable answered after a failed candidate is no error. No value while nobody asks. */
  readonly clientErrorRatio: (window: string) => string;
  /** Latency of a version's answers in seconds; `share` 0.99 is the 99th percentile. Absent where nothing measures it. */
  readonly latency?: (share: number, window: string) => string;
  /** Of each version that gets traffic: how far its value of `perVersion` is above that of the best such version. */
  readonly aboveBest: (perVersion: string) => string;
  /**
   * Of each version that gets traffic: by how many standard errors its share of errors is above that of all others
   * together (the z-score of two proportions with a pooled variance). No value without others, or without any error.
   * @param requests of each version, per second, over a window of so many seconds
   */
  readonly scoreOfExcess: (requests: string, errorRatio: string, seconds: number) => string;
  /** ln of the e-value for harm over all guards together: the mean of theirs. */
  readonly evidenceOfHarm: string;
}

/** The queries of one model. @param series how its versions are counted */
export function planQueries(model: string, series: VersionSeries = ownSeries(model)): Queries {
  const select = (metric: string, ...labels: readonly string[]): string =>
    `${metric}{${[`model=${JSON.stringify(model)}`, ...labels].join(",")}}`;
  const { requests, latency, answeredInstead } = series;
  // A version that never failed may have no series of failures: without the zero it would have no ratio either.
  const failures = (window: string): string => `(${series.failures(window)} or 0 * ${requests(window)})`;
  const ofModel = (perVersion: string): string => `sum by (model) (${perVersion})`;
  const serving = (perVersion: string): string =>
    `(${perVersion} and on (model, version) ${select("model_traffic_weight")} > 0)`;
  // Nothing over nothing is no share: an idle version has no value, and not NaN.
  const share = (part: string, whole: string): string => `${part} / (${whole} > 0)`;

  return {
    select: (metric, labels) => (labels === undefined ? select(metric) : select(metric, labels)),
    requestRate: requests,
    modelRate: (window) => ofModel(requests(window)),
    errorRatio: (window) => share(failures(window), requests(window)),
    clientErrorRatio(window) {
      const [failed, asked] = [ofModel(failures(window)), ofModel(requests(window))];
      if (answeredInstead === undefined) return share(failed, asked);
      // A failed-over request stands in the counts twice: as the candidate's failure and as stable's answer.
      const twice = `(${answeredInstead(window)} or 0 * ${asked})`;
      return share(`clamp_min(${failed} - ${twice}, 0)`, `(${asked} - ${twice})`);
    },
    ...(latency !== undefined && { latency }),
    aboveBest(perVersion) {
      const value = serving(perVersion);
      return `${value} - on (model) group_left () min by (model) ${value}`;
    },
    scoreOfExcess(perVersion, errors, seconds) {
      const asked = serving(`${seconds} * ${perVersion}`);
      const failed = `(${asked} * on (model, version) ${errors})`;
      const [allAsked, allFailed] = [ofModel(asked), ofModel(failed)];
      // Both differences are below zero: what is left when a version is taken from all, the other way round.
      const othersAsked = `(${asked} - on (model) group_left () ${allAsked})`;
      const ofOthers = `(${failed} - on (model) group_left () ${allFailed}) / ${othersAsked}`;
      const pooled = `(${allFailed} / ${allAsked})`;
      const variance = `(1 / ${asked} - 1 / ${othersAsked}) * on (model) group_left () (${pooled} * (1 - ${pooled}))`;
      return `(${errors} - on (model, version) ${ofOthers}) / on (model, version) sqrt(${variance}) > -Inf`;
    },
    evidenceOfHarm: `ln(avg by (model) (exp(${select("model_rollout_evalue", 'side="rollback"')})))`,
  };
}

/** The chances of error that a rollout's verdict allows itself (0 to 1). */
export interface ErrorChances {
  /** Of stopping a harmless candidate. @default 0.01 */
  readonly alpha?: number;
  /** Of calling a harmful candidate harmless. @default 0.05 */
  readonly beta?: number;
}

/** Where ln of an e-value decides: ln(1/alpha) stops the candidate, ln(1/beta) shows a guard non-inferior. */
export function planThresholds({ alpha = 0.01, beta = 0.05 }: ErrorChances): {
  readonly rollback: number;
  readonly promote: number;
} {
  return { rollback: decisionBound(alpha), promote: decisionBound(beta) };
}

/** Four digits are more than a chart or an alert shows, and the same on every machine. */
const decisionBound = (chance: number): number => Number(Math.log(1 / chance).toFixed(4));

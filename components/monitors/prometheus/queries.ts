/** PromQL over the metrics that a gateway exposes for one model. A window is a PromQL range, such as "5m". */
export interface Queries {
  /** A metric's series of this model; `labels` narrows them further. */
  readonly select: (metric: string, labels?: string) => string;
  /** Requests sent to each version, per second. */
  readonly requestRate: (window: string) => string;
  /** Share of a version's requests that it failed (0 to 1). No value while it gets none. */
  readonly errorRatio: (window: string) => string;
  /** Share of the model's clients that got an error (0 to 1): what stable answered after a failed candidate is no error. */
  readonly clientErrorRatio: (window: string) => string;
  /** Latency of a version's answers in seconds; `share` 0.99 is the 99th percentile. */
  readonly latency: (share: number, window: string) => string;
  /** Of each version that gets traffic: how far its value of `perVersion` is above that of the best such version. */
  readonly aboveBest: (perVersion: string) => string;
  /** ln of the e-value for harm over all guards together: the mean of theirs. */
  readonly evidenceOfHarm: string;
}

/** A gateway's own failures: 5xx, and code 0 for a request that got no answer. */
const FAILED = 'code=~"5..|0"';

/** The queries of one model. */
export function planQueries(model: string): Queries {
  const select = (metric: string, ...labels: readonly string[]): string =>
    `${metric}{${[`model=${JSON.stringify(model)}`, ...labels].join(",")}}`;
  const rate = (by: string, window: string, metric: string, ...labels: readonly string[]): string =>
    `sum by (${by}) (rate(${select(metric, ...labels)}[${window}]))`;
  const requests = (by: string, window: string): string => rate(by, window, "model_requests_total");
  // A version that never failed has no series of failures: without the zero it would have no ratio either.
  const failures = (by: string, window: string): string =>
    `(${rate(by, window, "model_requests_total", FAILED)} or 0 * ${requests(by, window)})`;

  return {
    select: (metric, labels) => (labels === undefined ? select(metric) : select(metric, labels)),
    requestRate: (window) => requests("model, version", window),
    errorRatio: (window) => `${failures("model, version", window)} / ${requests("model, version", window)}`,
    clientErrorRatio(window) {
      // A failed-over request stands in the counts twice: as the candidate's failure and as stable's answer.
      const failovers = rate("model", window, "model_failover_total");
      return `clamp_min(${failures("model", window)} - ${failovers}, 0) / (${requests("model", window)} - ${failovers})`;
    },
    latency: (share, window) =>
      `histogram_quantile(${share}, ${rate("model, version, le", window, "model_request_duration_seconds_bucket")})`,
    aboveBest(perVersion) {
      const serving = `(${perVersion} and on (model, version) ${select("model_traffic_weight")} > 0)`;
      return `${serving} - on (model) group_left () min by (model) ${serving}`;
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

import type { Queries } from "./queries.ts";

const WINDOWS = ["5m", "30m", "1h", "6h"];
const QUANTILES = [0.5, 0.95, 0.99];

/** A rule that keeps the value of an expression under a name. */
export interface RecordingRule {
  readonly record: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly expr: string;
}

/** The vocabulary of every alert and chart, whichever gateway counts: docs/monitoring.md. */
export const planRecords = ({
  requestRate,
  modelRate,
  errorRatio,
  clientErrorRatio,
  latency,
  aboveBest,
  scoreOfExcess,
  select,
}: Queries): readonly RecordingRule[] => [
  { record: "model_version:requests:rate5m", expr: requestRate("5m") },
  { record: "model_version:errors:ratio5m", expr: errorRatio("5m") },
  { record: "model_version:errors_above_best:ratio5m", expr: aboveBest(select("model_version:errors:ratio5m")) },
  {
    record: "model_version:errors_above_others:score5m",
    expr: scoreOfExcess(select("model_version:requests:rate5m"), select("model_version:errors:ratio5m"), 300),
  },
  ...(latency === undefined
    ? []
    : QUANTILES.map((share) => ({
        record: "model_version:latency_seconds:quantile5m",
        labels: { quantile: String(share) },
        expr: latency(share, "5m"),
      }))),
  ...["5m", "30m"].map((window) => ({ record: modelRequests(window), expr: modelRate(window) })),
  ...WINDOWS.map((window) => ({ record: clientErrors(window), expr: clientErrorRatio(window) })),
];

/** Requests of a model per second, as it is recorded. @param window "5m" or "30m" */
export const modelRequests = (window: string): string => `model:requests:rate${window}`;

/** The share of a model's clients that got an error, as it is recorded. @param window "5m", "30m", "1h" or "6h" */
export const clientErrors = (window: string): string => `model:client_errors:ratio${window}`;

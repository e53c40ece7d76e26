import { stringify } from "yaml";
import { type ErrorChances, planQueries, planThresholds, type Queries } from "./queries.ts";

/** Share of requests that clients get answered (0 to 1), over 30 days. */
const OBJECTIVE = 0.995;
/** A version that fails this much more often than the best one beside it is worth a look (0 to 1). */
const NOTABLE_EXCESS = 0.01;
const WINDOWS = ["5m", "30m", "1h", "6h"];
const QUANTILES = [0.5, 0.95, 0.99];

interface RecordingRule {
  readonly record: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly expr: string;
}

interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: "critical" | "warning" };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook: string };
}

/**
 * Prometheus rules for a model: rates, ratios and latencies by version, and alerts on them. The text depends on the
 * arguments alone, so a rollout that starts, moves or ends changes nothing here.
 */
export function renderRules(model: string, chances: ErrorChances = {}): string {
  const queries = planQueries(model);
  const groups = [
    { name: `${model}-records`, rules: planRecords(queries) },
    { name: `${model}-alerts`, rules: planAlerts(queries, planThresholds(chances).rollback) },
  ];
  return stringify({ groups }, { lineWidth: 0 });
}

function planRecords({
  requestRate,
  errorRatio,
  clientErrorRatio,
  latency,
  aboveBest,
  select,
}: Queries): readonly RecordingRule[] {
  return [
    { record: "model_version:requests:rate5m", expr: requestRate("5m") },
    { record: "model_version:errors:ratio5m", expr: errorRatio("5m") },
    { record: "model_version:errors_above_best:ratio5m", expr: aboveBest(select("model_version:errors:ratio5m")) },
    ...QUANTILES.map((share) => ({
      record: "model_version:latency_seconds:quantile5m",
      labels: { quantile: String(share) },
      expr: latency(share, "5m"),
    })),
    ...WINDOWS.map((window) => ({ record: clientErrors(window), expr: clientErrorRatio(window) })),
  ];
}

function planAlerts({ select, evidenceOfHarm }: Queries, rollbackAt: number): readonly AlertingRule[] {
  const phase = (phases: string): string => `${select("model_rollout_phase", `phase=~"${phases}"`)} == 1`;
  const burning = (factor: number, long: string, short: string): string =>
    [long, short]
      .map((window) => `${select(clientErrors(window))} > ${factor} * (1 - ${OBJECTIVE})`)
      .join(" and on (model) ");
  return [
    {
      alert: "ModelGatewayDown",
      expr: `absent(${select("model_traffic_weight")})`,
      for: "1m",
      labels: { severity: "critical" },
      annotations: {
        summary: "The gateway of {{ $labels.model }} gives no metrics.",
        description: "Nothing answers for the model, or Prometheus cannot reach the gateway's admin port.",
        runbook: "mlc status says whether the gateway runs; mlc doctor says what is in its way",
      },
    },
    {
      alert: "ModelErrorBudgetBurnsFast",
      expr: burning(14.4, "1h", "5m"),
      labels: { severity: "critical" },
      annotations: {
        summary: "Clients of {{ $labels.model }} get {{ $value | humanizePercentage }} errors.",
        description: `At this rate the error budget of 30 days (objective ${OBJECTIVE * 100} %) is spent in two days.`,
        runbook: "mlc status says who serves; mlc rollback goes back to the version before",
      },
    },
    {
      alert: "ModelErrorBudgetBurnsSlowly",
      expr: burning(6, "6h", "30m"),
      labels: { severity: "warning" },
      annotations: {
        summary: "Clients of {{ $labels.model }} get {{ $value | humanizePercentage }} errors.",
        description: `At this rate the error budget of 30 days (objective ${OBJECTIVE * 100} %) is spent in five days.`,
        runbook: "mlc status says who serves and since when",
      },
    },
    {
      alert: "ModelNoTraffic",
      expr: `sum by (model) (${select("model_version:requests:rate5m")}) == 0`,
      for: "10m",
      labels: { severity: "warning" },
      annotations: {
        summary: "Nobody asks {{ $labels.model }}.",
        description:
          "The gateway runs and no version gets a request. A rollout waits without data and decides nothing.",
        runbook: "mlc status gives the gateway's address; look at who calls it",
      },
    },
    {
      alert: "ModelRolloutAborted",
      expr: phase("aborted"),
      labels: { severity: "warning" },
      annotations: {
        summary: "The rollout of {{ $labels.model }} was aborted.",
        description:
          "The candidate gets no traffic and stable answers everybody. The configuration still names the candidate.",
        runbook: "mlc status says which guard or who ended it; mlc abort takes it out of the configuration",
      },
    },
    {
      alert: "ModelRolledBack",
      expr: phase("rolledBack"),
      labels: { severity: "warning" },
      annotations: {
        summary: "{{ $labels.model }} was rolled back to the version before.",
        description: "The previous version answers everybody. The configuration still names the other one as stable.",
        runbook: "mlc status says why; mlc rollback writes it into the configuration",
      },
    },
    {
      alert: "ModelEvidenceOfHarm",
      expr: `${evidenceOfHarm} > ${rollbackAt / 2} and on (model) ${phase("progressing|holding")}`,
      labels: { severity: "warning" },
      annotations: {
        summary: "Evidence against the candidate of {{ $labels.model }} is halfway to a rollback.",
        description: `ln of the e-value is {{ $value | humanize }}; at ${rollbackAt} the candidate gets no more traffic.`,
        runbook: "mlc status shows each guard's evidence; mlc abort does not wait for it",
      },
    },
    {
      alert: "ModelVersionFailsMore",
      expr: `${select("model_version:errors_above_best:ratio5m")} > ${NOTABLE_EXCESS}`,
      for: "2m",
      labels: { severity: "warning" },
      annotations: {
        summary: "Version {{ $labels.version }} of {{ $labels.model }} fails more often than the one beside it.",
        description: "{{ $value | humanizePercentage }} more of its requests failed in the last five minutes.",
        runbook: "mlc status compares the versions; mlc abort takes the candidate's traffic away",
      },
    },
  ];
}

const clientErrors = (window: string): string => `model:client_errors:ratio${window}`;

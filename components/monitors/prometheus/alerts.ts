import { planThresholds, type Queries } from "./queries.ts";
import { clientErrors, modelRequests } from "./records.ts";
import { isTold, type Watched } from "./watched.ts";

/** A version that fails this much more often than the best one beside it is worth a look (0 to 1). */
const NOTABLE_EXCESS = 0.01;
/** Standard errors above the others that chance explains once in a hundred days: one-sided, each of the day's 288 windows a look. */
const NOTABLE_SCORE = 4;
/** Fewer requests than this in the short window say nothing of how fast errors are spent. */
const LEAST_REQUESTS = 30;
/** A controller passes every few seconds; this long without one, nobody climbs and nobody rolls back. */
const SILENT_SECONDS = 60;

/** A rule that tells people. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: "critical" | "warning"; readonly owner?: string };
  readonly annotations: Readonly<Record<string, string>>;
}

/** The alerts of a model: those for which there are series. */
export const planAlerts = (queries: Queries, watched: Watched): readonly AlertingRule[] =>
  [...silence(queries, watched), ...spending(queries, watched), ...rollout(queries, watched)]
    .filter(({ expr }) => isTold(expr, watched))
    .map(({ labels, annotations, ...rule }) => ({
      ...rule,
      labels: { ...labels, owner: watched.owner },
      annotations: { ...annotations, ...linkOf(rule.alert, watched) },
    }));

const linkOf = (alert: string, { runbooks }: Watched): Readonly<Record<string, string>> =>
  runbooks === undefined ? {} : { runbook_url: `${runbooks}#${alert.toLowerCase()}` };

function silence({ select }: Queries, { versionSeries, series }: Watched): readonly AlertingRule[] {
  const passed = select("model_rollout_last_pass_timestamp_seconds");
  const isControlled = series.includes("model_rollout_last_pass_timestamp_seconds");
  const down: AlertingRule = {
    alert: "ModelGatewayDown",
    expr: `absent(${select("model_traffic_weight")})`,
    for: "1m",
    labels: { severity: "critical" },
    annotations: {
      summary: "The gateway of {{ $labels.model }} gives no metrics.",
      description: "Nothing answers for the model, or Prometheus cannot reach the gateway's admin port.",
      runbook: "mlc status says whether the gateway runs; mlc doctor says what is in its way",
    },
  };
  const silent: AlertingRule = {
    alert: "ModelControllerSilent",
    expr: `time() - ${passed} > ${SILENT_SECONDS} or absent(${passed})`,
    for: "1m",
    labels: { severity: "critical" },
    annotations: {
      summary: "Nobody watches over the traffic of {{ $labels.model }}.",
      description:
        "The controller has not finished a pass for a minute: weights stay as they are, a bad candidate is not taken out.",
      runbook:
        "mlc status says when it passed last; mlc watch --drive does its work from here; mlc rollback needs no controller",
    },
  };
  return [
    isControlled ? silent : down,
    {
      alert: "ModelRolloutStopped",
      expr: `${select("model_rollout_stopped")} == 1`,
      for: "1m",
      labels: { severity: "critical" },
      annotations: {
        summary: "The controller of {{ $labels.model }} changes nothing, because what it finds contradicts itself.",
        description:
          "Its state is lost, unreadable, or older than the route: weights stay as they are until a person looks.",
        runbook: "mlc status says what it found; mlc doctor says how it is put right",
      },
    },
    ...(versionSeries === undefined ? [] : [notMeasured(versionSeries.requests("5m"), select("model_traffic_weight"))]),
    {
      alert: "ModelNoTraffic",
      expr: `${select(modelRequests("5m"))} == 0`,
      for: "10m",
      labels: { severity: "warning" },
      annotations: {
        summary: "Nobody asks {{ $labels.model }}.",
        description:
          "The gateway runs and no version gets a request. A rollout waits without data and decides nothing.",
        runbook: "mlc status gives the gateway's address; look at who calls it",
      },
    },
  ];
}

const notMeasured = (requests: string, weight: string): AlertingRule => ({
  alert: "ModelNotMeasured",
  expr: `sum by (model) (${weight} > 0) unless on (model) (${requests})`,
  for: "5m",
  labels: { severity: "warning" },
  annotations: {
    summary: "Nothing counts the requests of {{ $labels.model }}.",
    description: "Prometheus has no series of the gateway for the versions that get traffic: no rollout can be judged.",
    runbook: "mlc doctor says which series are missing, and what the gateway needs to have set up",
  },
});

function spending({ select }: Queries, { objective }: Watched): readonly AlertingRule[] {
  const budget = Number((1 - objective).toPrecision(6));
  const burning = (factor: number, long: string, short: string, seconds: number): string =>
    [
      ...[long, short].map((window) => `${select(clientErrors(window))} > ${factor} * ${budget}`),
      `${select(modelRequests(short))} * ${seconds} >= ${LEAST_REQUESTS}`,
    ].join(" and on (model) ");
  const summary = "Clients of {{ $labels.model }} get {{ $value | humanizePercentage }} errors.";
  const spent = (days: string): string =>
    `At this rate the error budget of 30 days (objective ${Number((objective * 100).toPrecision(6))} %) is spent in ${days}.`;
  return [
    {
      alert: "ModelErrorBudgetBurnsFast",
      expr: burning(14.4, "1h", "5m", 300),
      labels: { severity: "critical" },
      annotations: {
        summary,
        description: spent("two days"),
        runbook: "mlc status says who serves; mlc rollback goes back to the version before",
      },
    },
    {
      alert: "ModelErrorBudgetBurnsSlowly",
      expr: burning(6, "6h", "30m", 1800),
      labels: { severity: "warning" },
      annotations: {
        summary,
        description: spent("five days"),
        runbook: "mlc status says who serves and since when",
      },
    },
  ];
}

function rollout({ select, evidenceOfHarm }: Queries, chances: Watched): readonly AlertingRule[] {
  const phase = (phases: string): string => `${select("model_rollout_phase", `phase=~"${phases}"`)} == 1`;
  const rollbackAt = planThresholds(chances).rollback;
  return [
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
      expr: [
        `${select("model_version:errors_above_best:ratio5m")} > ${NOTABLE_EXCESS}`,
        `${select("model_version:errors_above_others:score5m")} > ${NOTABLE_SCORE}`,
        `${select("model_version:requests:rate5m")} * 300 >= ${LEAST_REQUESTS}`,
      ].join(" and on (model, version) "),
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

import type { RolloutPhase } from "./status.ts";

/** What tells the samples of a metric apart. */
export type Labels = Readonly<Record<string, string>>;

/** One value of a metric. */
export type Sample = readonly [labels: Labels, value: number];

/** A sample in the Prometheus text format (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export const renderSample = (name: string, labels: Labels, value: number): string =>
  `${name}${renderLabels(labels)} ${value}`;

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** As the text format asks: backslash, quote and line feed. */
const escapeLabel = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

/** A metric that rises and falls, with its samples: a line each. */
export const renderGauge = (name: string, help: string, samples: readonly Sample[]): readonly string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} gauge`,
  ...samples.map(([labels, value]) => renderSample(name, labels, value)),
];

/** Every phase, in the order of a rollout. */
const PHASES: readonly RolloutPhase[] = ["idle", "progressing", "holding", "complete", "aborted", "rolledBack"];

/** What is told of a rollout in numbers, whoever decides it. */
export interface RolloutFigures {
  readonly model: string;
  /** Each version's share of the traffic, 0 to 1; absent while nobody knows. */
  readonly shares?: Readonly<Record<string, number>> | undefined;
  readonly phase: RolloutPhase | undefined;
  /** Index into the ladder of steps; -1 without a rollout. */
  readonly step: number;
  /** The version that serves unproven. */
  readonly override?: { readonly version: string; readonly reason: string } | undefined;
  /** How many losses with damaged files there are to be looked at. */
  readonly losses: number;
  /** Natural logarithms of each guard's e-values. */
  readonly evalues: readonly { readonly metric: string; readonly rollback: number; readonly promote: number }[];
}

/** The gauges of some models' rollouts: docs/metrics.md. */
export function renderRollouts(rollouts: readonly RolloutFigures[]): readonly string[] {
  const of = (samples: (figures: RolloutFigures) => readonly Sample[]): readonly Sample[] => rollouts.flatMap(samples);
  return [
    ...renderGauge(
      "model_traffic_weight",
      "Share of the traffic, 0 to 1.",
      of(({ model, shares = {} }) => Object.entries(shares).map(([version, share]) => [{ model, version }, share])),
    ),
    ...renderGauge(
      "model_rollout_phase",
      "1 for the phase the rollout is in.",
      of(({ model, phase: current }) => PHASES.map((phase) => [{ model, phase }, Number(phase === current)])),
    ),
    ...renderGauge(
      "model_rollout_step",
      "Index into the ladder of steps; -1 without a rollout.",
      of(({ model, step }) => [[{ model }, step]]),
    ),
    ...renderGauge(
      "model_override_info",
      "1 while a version serves unproven, by an override of the document.",
      of(({ model, override }) => (override === undefined ? [] : [[{ model, ...override }, 1]])),
    ),
    ...renderGauge(
      "model_state_losses",
      "What was lost with damaged files and is still to be looked at.",
      of(({ model, losses }) => [[{ model }, losses]]),
    ),
    ...renderGauge(
      "model_rollout_evalue",
      "Natural logarithm of a guard's e-value: for harm (rollback), for no harm (promote).",
      of(({ model, evalues }) =>
        evalues.flatMap(({ metric, rollback, promote }): readonly Sample[] => [
          [{ model, metric, side: "rollback" }, rollback],
          [{ model, metric, side: "promote" }, promote],
        ]),
      ),
    ),
  ];
}

import type { RolloutEvidence } from "../../../components/rollout/index.ts";
import type { ClusterSeen, HeardOf } from "../../stage/cluster/cluster-stage.ts";

/** Everything that happened in a cluster, with what is needed to judge again: written by `--report`. */
export interface ClusterReport {
  /** What the cluster is; begins with "real" or "simulated". */
  readonly cluster: string;
  readonly simulated: boolean;
  readonly engine: { readonly version: string; readonly from: string };
  readonly seed: number | null;
  /** Which behaviour lay under which name. */
  readonly cast: Readonly<Record<string, string>>;
  readonly requests: { readonly total: number; readonly lost: number; readonly failed: number };
  readonly rollouts: readonly ClusterRollout[];
  readonly byHand: {
    readonly version: string;
    /** Its shares, in parts of 10,000. */
    readonly weights: readonly number[];
    /** What the engine changed for the step. */
    readonly changed: readonly string[];
    /** From the command to its effect on the route. */
    readonly commandMs: number;
  };
  readonly promoted: readonly string[];
  /** What an answer of the version says that is given notice. */
  readonly notice: { readonly version: string; readonly sunset: string };
  /** Objects that are still in the namespace. */
  readonly leftovers: readonly string[];
  readonly seconds: number;
}

/** One candidate, from its edit to its end. */
export interface ClusterRollout {
  readonly version: string;
  readonly behaviour: string;
  readonly outcome: "complete" | "aborted";
  /** `guard:<metric>`; null where nothing ended it. */
  readonly cause: string | null;
  readonly reason: string | null;
  /** The shares that it had one after the other, in parts of 10,000. */
  readonly weights: readonly number[];
  /** By the clock of the stage, from its first share to its end. */
  readonly seconds: number;
  /** What the engine changed for the edit. */
  readonly changed: readonly string[];
  /** Requests that it answered or failed, of all that came from its first share to its end. */
  readonly met: HeardOf & { readonly of: number };
  readonly evidence: RolloutEvidence;
}

/** The last line of `--report`. */
export const summariseCluster = ({ rollouts, ...report }: ClusterReport): object => ({
  ...report,
  rollouts: rollouts.map(({ evidence: _, ...rollout }) => ({ ...rollout, evidence: "in the report" })),
});

/** All that customers have heard. */
export function requestsOf({ sent, lost, byVersion }: ClusterSeen): ClusterReport["requests"] {
  const failed = Object.values(byVersion).reduce((sum, { bad }) => sum + bad, 0);
  return { total: sent, lost, failed };
}

const percent = (weights: readonly number[]): string => weights.map((weight) => `${weight / 100}`).join(", ");

/** Who met a version, in words. */
export const renderMet = ({ good, bad, of }: ClusterRollout["met"]): string =>
  `${good + bad} of ${of} requests met it, ${bad} without a good answer`;

const renderRollout = ({ outcome, cause, weights, seconds, met }: ClusterRollout): string => {
  const shares = percent(weights.filter((weight) => weight > 0));
  return outcome === "complete"
    ? `complete after ${seconds.toFixed(0)} s at ${shares} %; ${renderMet(met)}`
    : `stopped by ${cause} after ${seconds.toFixed(0)} s at ${shares} %; ${renderMet(met)}`;
};

/** What a person reads at the end. */
export function renderClusterTable(report: ClusterReport): string {
  const { cluster, engine, requests, rollouts, byHand, promoted, notice, leftovers, seconds } = report;
  const rows: readonly (readonly [string, string])[] = [
    ["cluster", cluster],
    ["engine", `Pulumi ${engine.version} (${engine.from})`],
    ["requests", `${requests.total} sent, ${requests.lost} lost, ${requests.failed} answered with an error`],
    ...rollouts.map((rollout): readonly [string, string] => [rollout.version, renderRollout(rollout)]),
    [
      `${byHand.version}, by hand`,
      `at ${percent(byHand.weights)} %, a step changes ${byHand.changed.join(", ")}; mlc rollback: ${byHand.commandMs.toFixed(0)} ms from the command to its effect`,
    ],
    ["promoted", promoted.join(", ") || "none"],
    ["notice", `${notice.version} says Sunset: ${notice.sunset}`],
    ["left behind", leftovers.length === 0 ? "nothing" : leftovers.join("; ")],
    ["time", `${seconds.toFixed(0)} s`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join("\n");
}

import type { RolloutEvidence } from "../../../components/rollout/index.ts";
import type { Step } from "../../stage/rollout.ts";
import type { Seen } from "../../stage/traffic.ts";

/** Everything that happened, with what is needed to judge again: written by `--report`. */
export interface Report {
  readonly engine: { readonly version: string; readonly from: string };
  readonly seed: number | null;
  /** Which model lay under which name. */
  readonly cast: Readonly<Record<string, string>>;
  readonly requests: {
    readonly total: number;
    readonly lost: number;
    readonly refused: number;
    readonly feedback: number;
  };
  readonly split: Split;
  readonly steps: readonly Step[];
  readonly rollbacks: readonly Rollback[];
  /** The same rollout was asked for again, and the configuration was refused with the reason. */
  readonly reopenRefused: boolean;
  readonly promoted: readonly string[];
  readonly retired: readonly string[];
  readonly archive: { readonly verified: boolean; readonly uri: string };
  readonly leftovers: readonly string[];
  readonly seconds: number;
  /** One for each rollout: the judge's settings and every interval it was given, by version. */
  readonly rollouts: readonly RolloutRecord[];
}

export interface Split {
  /** The candidate's share as configured, 0 to 1. */
  readonly configured: number;
  readonly observed: number;
  /** Requests it was observed on. */
  readonly n: number;
}

export interface Rollback {
  readonly version: string;
  readonly cause: string;
  readonly reason: string;
  /** From the candidate's first request to the decision; null when a person decided. */
  readonly detectSeconds: number | null;
  readonly lastBadMs: number;
  /** From the command to its effect on traffic; null when a guard acted. */
  readonly commandMs: number | null;
}

export interface RolloutRecord {
  readonly version: string;
  readonly behaviour: string;
  readonly outcome: "complete" | "aborted";
  readonly evidence: RolloutEvidence;
  /** The file of its picture, beside the report. */
  readonly picture?: string | undefined;
}

/** What a person reads at the end, and the last line of `--report`. */
export function summarise({ rollouts: _, ...report }: Report): Omit<Report, "rollouts"> {
  return {
    ...report,
    steps: report.steps.map(({ evidence: _counts, ...step }) => ({ ...step, evidence: "in the report" })),
  };
}

export const requestsOf = ({ sent, lost, refused, feedback }: Seen): Report["requests"] => ({
  total: sent,
  lost,
  refused,
  feedback,
});

export function renderTable(report: Report): string {
  const { requests, split, rollbacks, steps } = report;
  const rows: readonly (readonly [string, string])[] = [
    ["engine", `Pulumi ${report.engine.version} (${report.engine.from})`],
    ["requests", `${requests.total} sent, ${requests.lost} lost, ${requests.refused} answered with an error`],
    ["split at 5 %", `${(split.observed * 100).toFixed(2)} % observed over ${split.n} requests`],
    [
      "weight steps",
      `${steps.filter(({ weight }) => weight !== "shadow").length}, of which ${steps.filter(({ changed }) => changed.length > 0).length} by configuration`,
    ],
    ...rollbacks.map(({ version, cause, detectSeconds, lastBadMs, commandMs }): readonly [string, string] => [
      `rolled back ${version}`,
      detectSeconds === null || commandMs !== null
        ? `by ${cause}: ${commandMs?.toFixed(0)} ms from the command to its effect`
        : `by ${cause}: ${detectSeconds.toFixed(1)} s after its first request, last request ${lastBadMs.toFixed(1)} ms after the decision`,
    ]),
    ["asked again", report.reopenRefused ? "refused with the reason" : "NOT refused"],
    ["promoted", report.promoted.join(", ") || "none"],
    ["retired", report.retired.join(", ") || "none"],
    ["archive", report.archive.verified ? `verified, ${report.archive.uri}` : "NOT verified"],
    ...report.rollouts.flatMap(({ version, picture }): readonly (readonly [string, string])[] =>
      picture === undefined ? [] : [[`evidence ${version}`, picture]],
    ),
    ["left behind", report.leftovers.length === 0 ? "nothing" : report.leftovers.join("; ")],
    ["time", `${report.seconds.toFixed(0)} s`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join("\n");
}

const firstShare = 0.05;

/** How requests really fell while the first share was configured: over the intervals of that step in every rollout. */
export function observedSplit(rollouts: readonly RolloutRecord[]): Split {
  let candidate = 0;
  let n = 0;
  for (const { evidence } of rollouts) {
    for (const { step, counts } of evidence.intervals) {
      const requests = counts.errorRate;
      if (step !== 0 || requests === undefined || requests.n1 === 0) continue;
      candidate += requests.n1;
      n += requests.n0 + requests.n1;
    }
  }
  return { configured: firstShare, observed: n === 0 ? Number.NaN : candidate / n, n };
}

import type { Seen } from "../../stage/traffic.ts";
import type { TrainedVersion } from "../training/train.ts";

/** What happened; written by `--report`. */
export interface Report {
  /** What was known of each version before it had traffic. */
  readonly offline: readonly Pick<TrainedVersion, "name" | "metrics">[];
  readonly rollouts: readonly RolloutReport[];
  readonly promoted: readonly string[];
  readonly requests: Pick<Seen, "sent" | "refused" | "lost" | "feedback">;
  /** What was still there after everything was taken down. */
  readonly leftovers: readonly string[];
  readonly seconds: number;
}

/** How a version fared on live traffic. */
export interface RolloutReport {
  readonly version: string;
  readonly phase: "complete" | "aborted";
  /** What ended it, as the status says: `guard:approvalRate`; null when it is complete. */
  readonly cause: string | null;
  readonly reason: string | null;
  /** From its first request to the decision, in seconds; null when it is complete. */
  readonly detectSeconds: number | null;
  /** The document of evidence, and its picture. */
  readonly document: string;
  readonly picture: string;
  /** The last line of `mlc evidence verify`. */
  readonly verified: string;
}

/** The versions side by side, as a pull request shows them. */
export function renderOffline(offline: Report["offline"]): string {
  const rows = offline.map(({ name, metrics }) => [
    name,
    metrics.auc.toFixed(3),
    `${(metrics.approvalRate * 100).toFixed(1)} %`,
  ]);
  return [["version", "AUC", "approved"], ...rows]
    .map(([name = "", score = "", approved = ""]) => `${name.padEnd(9)}${score.padEnd(8)}${approved}`)
    .join("\n");
}

/** What a person reads at the end; the last line names the picture of what was stopped. */
export function renderSummary({ rollouts, promoted, requests, leftovers, seconds }: Report): string {
  const stopped = rollouts.filter(({ phase }) => phase === "aborted");
  const rows: readonly (readonly [string, string])[] = [
    ["requests", `${requests.sent} sent, ${requests.lost} lost, ${requests.refused} answered with an error`],
    ...stopped.map(({ version, cause, detectSeconds }): readonly [string, string] => [
      `stopped ${version}`,
      `by ${cause}, ${detectSeconds?.toFixed(1)} s after its first request`,
    ]),
    ["promoted", promoted.join(", ") || "none"],
    ["left behind", leftovers.length === 0 ? "nothing" : leftovers.join("; ")],
    ["time", `${seconds.toFixed(0)} s`],
    ...rollouts.map(({ version, document, verified }): readonly [string, string] => [
      `evidence ${version}`,
      `${document}: ${verified}`,
    ]),
    ...stopped.map(({ version, picture }): readonly [string, string] => [`picture ${version}`, picture]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join("\n");
}

import type { ComparisonEvidence, GuardCounts, Guard as JudgedGuard } from "../analysis/index.ts";
import type { Guard } from "./guard.ts";

/**
 * What became of a request. `failed`: no answer, 5xx, later than the deadline, or nothing that a client of stable can
 * read. `refused`: 4xx.
 */
export type RequestOutcome = "answered" | "refused" | "failed";

/** What a data plane has counted of one version during one interval. */
export interface ArmCounts {
  readonly requests: number;
  /** Requests without an answer that a client can use: none, 5xx, late or unreadable. */
  readonly errors: number;
  /** Requests answered by 4xx. */
  readonly refusals: number;
  /** Answers by latency bucket of the judge. */
  readonly latency: Float64Array;
  /** Values that came back from the business, by metric: each its place in the metric's range, 0 to 1. */
  readonly feedback: ReadonlyMap<string, { readonly count: number; readonly sum: number }>;
}

/** What a data plane has counted of copies during one interval, and of the same requests at stable. */
export interface CopyCounts {
  readonly requests: number;
  readonly errors: number;
  readonly stableErrors: number;
  readonly refusals: number;
  readonly stableRefusals: number;
}

/** How copies, whose answers nobody receives, are judged by a kind. */
export interface CopiesRule {
  /** The margin while the rollout has no guard of this kind. */
  readonly margin: Guard["margin"];
  /** Copies that show the harm at stable and at the candidate. No copy shows the harm of two kinds. */
  readonly harmed: (copies: CopyCounts) => { readonly x0: number; readonly x1: number };
}

/** What tells a kind: the metric's name, and the range of its values where one is declared. */
export type Watched = Pick<Guard, "metric" | "range">;

/** What a guard's numbers say in the metric's own units. */
export interface Figures {
  /** The size of its margin. */
  readonly margin: string;
  /** What was seen of each version. */
  readonly stable: string;
  readonly candidate: string;
}

/** Everything that sets one kind of guard apart. A kind is a file of this folder and a line in its index. */
export interface GuardKind {
  /** The one metric of this kind; absent for a kind of business metrics, which people name. */
  readonly metric?: string;
  /** Which of the business metrics are of this kind; absent for the kind that takes what no other does. */
  readonly takes?: (guard: Watched) => boolean;
  readonly source: Guard["source"];
  /** Directions that the document may give; the first is the default. */
  readonly directions: readonly [Guard["direction"], ...Guard["direction"][]];
  /** Margins that the document may give. */
  readonly margins: readonly Guard["margin"]["kind"][];
  /** Other names that people give to the metric, in lower case and without separators: a regular expression. */
  readonly aliases?: string;
  /** Guards that one of this kind brings along, unless the document has their metric. */
  readonly brings?: (guard: Guard) => readonly Guard[];
  /** The comparison that the judge makes. */
  readonly judged: (guard: Guard) => JudgedGuard;
  /** Counts of an interval in the judge's terms. */
  readonly counts: (guard: Guard, stable: ArmCounts, candidate: ArmCounts) => GuardCounts;
  /** Harm in words and units. `against`: what the candidate is compared with. */
  readonly harm: (seen: ComparisonEvidence, against: string, guard: Watched) => string;
  /** Absent for what is said in shares. */
  readonly figures?: (guard: Guard, seen: ComparisonEvidence) => Figures;
  /** What shows the harm is a request that its client has lost: it counts against the rollout's harm budget. @default false */
  readonly losesRequests?: boolean;
  /** A version is bad at it while it is cold: not counted while the candidate warms up. @default false */
  readonly warmsUp?: boolean;
  /** Absent when a copy cannot show this harm. */
  readonly copies?: CopiesRule;
}

/** A critical guard weighs as much as so many others. */
const CRITICAL_STAKE = 4;

/** What a guard's word weighs, where it is not as much as any other's. */
export const weighing = ({ importance }: Guard): Pick<JudgedGuard, "stake"> =>
  importance === undefined ? {} : { stake: importance === "critical" ? CRITICAL_STAKE : 0 };

/** The comparison of a guard whose metric is a share. */
export function proportionOf(guard: Guard): JudgedGuard {
  const { metric, direction, margin, designEffect } = guard;
  return { kind: "proportion", name: metric, direction, margin, designEffect, ...weighing(guard) };
}

/** A share in per cent. */
export const percent = (rate: number | null): string => (rate === null ? "no data" : `${(rate * 100).toFixed(2)} %`);

/** The rates of both arms as they are judged: pooled ones may contradict the verdict. */
export const judgedRates = ({
  compared,
  stable,
  candidate,
}: ComparisonEvidence): { readonly stable: number | null; readonly candidate: number | null } =>
  compared ?? { stable: stable.rate, candidate: candidate.rate };

/** Harm in words, where the metric is a share. */
export const harmInShares: GuardKind["harm"] = (seen, against) => {
  const { stable, candidate } = judgedRates(seen);
  return `candidate ${percent(candidate)} of ${seen.candidate.units}, ${against} ${percent(stable)} of ${seen.stable.units}`;
};

/** What the shares of requests have in common. @param harmed how many of the requests show the harm */
export const shareOfRequests = (
  harmed: (arm: ArmCounts) => number,
): Pick<GuardKind, "source" | "directions" | "margins" | "judged" | "harm" | "counts" | "losesRequests"> => ({
  source: "requests",
  losesRequests: true,
  directions: ["increase"],
  margins: ["absolute", "relative"],
  judged: proportionOf,
  harm: harmInShares,
  counts: (_guard, stable, candidate) => ({
    n0: stable.requests,
    x0: harmed(stable),
    n1: candidate.requests,
    x1: harmed(candidate),
  }),
});

/** Half a point: the margin of a share of requests where nobody gave one. */
export const HALF_A_POINT = { kind: "absolute", value: 0.005 } as const;

import type { Guard } from "../../components/guards/index.ts";
import type { Question } from "../../components/metric-sources/index.ts";

/** One request that a version answered, or failed to. */
export interface Request {
  readonly at: number;
  readonly version: string;
  readonly status: number;
  readonly ms: number;
}

export const MINUTE = 60_000;
export const FROM: number = Date.parse("2026-01-05T10:00:00Z");
/** Traffic of so many minutes, of which the first is before the window that is read. */
export const MINUTES = 5;

/** Bounds that every kind measures latency at: the margin of 100 % has pairs among them. */
export const BOUNDS: readonly number[] = [10, 20, 40, 80, 160, 320];

export const guards: readonly Guard[] = [
  {
    metric: "errorRate",
    source: "requests",
    direction: "increase",
    margin: { kind: "absolute", value: 0.01 },
    designEffect: 1,
  },
  {
    metric: "refusalRate",
    source: "requests",
    direction: "increase",
    margin: { kind: "absolute", value: 0.01 },
    designEffect: 1,
  },
  {
    metric: "latency",
    source: "requests",
    direction: "increase",
    margin: { kind: "relative", value: 1 },
    designEffect: 1,
  },
];

const RUNGS = [10, 20, 40, 80, 160].map((stableMs) => ({ stableMs, candidateMs: stableMs * 2 }));

export const question: Question = { stable: "v1", candidate: "v2", guards, rungs: RUNGS, intervalMs: MINUTE };

/** Traffic of two versions, from a minute before the window on: v2 gets a tenth, and fails more often. */
export const traffic: readonly Request[] = Array.from({ length: MINUTES * 120 }, (_, i) => {
  const version = i % 10 === 3 ? "v2" : "v1";
  const failing = version === "v2" ? 40 : 100;
  const status = i % failing === 3 ? 503 : i % 50 === 7 ? 422 : 200;
  return { at: FROM - MINUTE + i * 500, version, status, ms: [5, 15, 30, 90, 250][i % 5] ?? 0 };
});

const isFailed = ({ status }: Request): boolean => status >= 500;

/** What there is to count of a version in a minute of the window, by what the requests were. */
export function truthOf(version: string, minute: number, cuts: readonly number[]) {
  const from = FROM + minute * MINUTE;
  const own = traffic.filter(({ at, version: whose }) => whose === version && at >= from && at < from + MINUTE);
  return {
    requests: own.length,
    errors: own.filter(isFailed).length,
    refusals: own.filter(({ status }) => status === 422).length,
    // A failure is slower than any time.
    slower: cuts.map((cut) => own.filter((request) => isFailed(request) || request.ms > cut).length),
  };
}

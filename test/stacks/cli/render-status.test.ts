import { expect, test } from "vitest";
import { judge } from "../../../components/analysis/index.ts";
import { planTraffic } from "../../../components/lifecycle/index.ts";
import { parseRelease } from "../../../components/release/index.ts";
import type { TrafficStatus } from "../../../components/traffic/index.ts";
import { renderTraffic } from "../../../stacks/cli/render-status.ts";
import { renderSeconds, renderSince } from "../../../stacks/cli/render-time.ts";
import { plain } from "../../../stacks/cli/terminal.ts";
import { statusOf } from "./fake-gateway.ts";

const source = (letter: string) => ({ source: { kind: "path", path: `models/${letter}`, sha256: letter.repeat(64) } });
const plan = planTraffic(
  parseRelease({
    model: { name: "approval", owner: "risk", riskTier: "low" },
    platform: { kind: "local" },
    versions: { v1: source("a"), v2: source("b"), v0: source("c") },
    rollout: { stable: "v1", candidate: "v2", weight: "50%", guards: [{ metric: "errorRate", margin: "0.5pp" }] },
    retirement: { v0: { phase: "deprecated", sunset: "2027-05-31T00:00:00Z", successor: "v1" } },
  }),
);
const now = new Date("2026-11-24T03:05:00Z");
const counts = { failedOver: 0, shadowed: 0, pinned: 0 };
const requests = {
  v1: { ...counts, requests: 9_500, errors: 3, p50Ms: 1.23, p99Ms: 9.94 },
  v2: { ...counts, requests: 500, errors: 40, p50Ms: 1.5, p99Ms: 12.4 },
};
const interval = (at: number, n0: number, x0: number, n1: number, x1: number) => ({
  ...{ at, seconds: 1, step: 0 },
  counts: { errorRate: { n0, x0, n1, x1 } },
});
const verdict = judge([interval(0, 9_000, 3, 400, 30), interval(1_000, 500, 0, 100, 10)], {
  guards: [
    { kind: "proportion", name: "errorRate", direction: "increase", margin: { kind: "absolute", value: 0.005 } },
  ],
  alpha: 0.01,
  beta: 0.05,
  maxDuration: 3_600,
});

const progressing: TrafficStatus = {
  ...statusOf(plan, {
    startedAt: "2026-11-24T03:00:00Z",
    stepSince: "2026-11-24T03:04:00Z",
    next: { what: "go to 25 %", expectedSeconds: 40 },
    verdict,
  }),
  weights: { v1: 9_500, v2: 500, v0: 0 },
  requests,
  events: [{ at: "2026-11-24T03:04:00.123Z", kind: "step", text: "shadow → 5 %" }],
};

test("a status says in one line how the traffic is divided, or why not as the weight says and what to do", () => {
  const split = { weight: 500, stable: 9_480, candidate: 520, log: -2, threshold: 7.6 };
  const line = (share: TrafficStatus["rollout"]["share"], phase: TrafficStatus["rollout"]["phase"]) =>
    renderTraffic({ ...progressing, rollout: { ...progressing.rollout, phase, ...(share && { share }) } }, now, plain)
      .split("\n")
      .filter((row) => /^ {2}(share|next) /.test(row));
  const next = "  next     go to 25 %, in about 40 s";
  expect(line(undefined, "progressing")).toEqual([next]);
  expect(line(split, "progressing")).toEqual(["  share    5.2% of 10000 drawn at 5%: as the weight says", next]);
  const mismatch = "the traffic is not divided as the weight says: …";
  const { next: _, ...held } = progressing.rollout;
  const holding = { ...progressing, rollout: { ...held, phase: "holding", share: { ...split, mismatch } } } as const;
  const rows = renderTraffic(holding, now, plain).split("\n");
  expect(rows).toContain(`  share    ${mismatch}`);
  expect(rows.filter((row) => row.startsWith("  next"))).toEqual([]);
});

test("a status says who serves whom, since when, the verdict with its numbers, and what comes next", () => {
  expect(renderTraffic(progressing, now, plain).split("\n")).toEqual([
    "  v1 ███████████████████░    95%  stable      9500 requests, 3 errors, p50 1.2 ms, p99 9.9 ms",
    "  v2 █░░░░░░░░░░░░░░░░░░░     5%  candidate   500 requests, 40 errors, p50 1.5 ms, p99 12 ms",
    "  v0 ░░░░░░░░░░░░░░░░░░░░     0%  deprecated  no requests",
    "  since 03:00:00 UTC, 5 min ago",
    "",
    "  rollout  progressing of v2, started 03:00:00 UTC, 5 min ago",
    "  steps    [5%] → 50% → 100%, on this one since 03:04:00 UTC, 60 s ago",
    "  next     go to 25 %, in about 40 s",
    "",
    expect.stringMatching(
      /^ {2}verdict {2}rollback: all guards together e = \S+ of 100 that end it, p = \S+ \(alpha 0\.01\)$/,
    ),
    "    errorRate      candidate 40/500 (8.00%), stable 3/9500 (0.03%)",
    expect.stringMatching(/^ {19}harm e = \S+, p = \S+; harmless e = \S+ of 20$/),
    "",
    "  last events (UTC)",
    "    2026-11-24T03:04:00  step      shadow → 5 %",
  ]);
});

test("a guard on a mean is told in its metric's own units", () => {
  const figures = { errorRate: { margin: "2.5", stable: "14.8", candidate: "12.3" } };
  const status = { ...progressing, rollout: { ...progressing.rollout, figures } };
  expect(renderTraffic(status, now, plain)).toContain(
    "    errorRate      candidate 12.3 on average of 500, stable 14.8 of 9500\n",
  );
});

test("an end is told with its cause, its time and what to do", () => {
  const ended = {
    at: "2026-11-24T03:04:30Z",
    cause: "guard:errorRate",
    reason: "errorRate is worse than its margin allows",
    detectSeconds: 3.2,
    lastBadMs: 0.4,
  };
  const text = renderTraffic(
    { ...progressing, rollout: { ...statusOf(plan).rollout, phase: "aborted", ended } },
    now,
    plain,
  );
  expect(text).toContain(
    "  ended    03:04:30 UTC, 30 s ago by guard:errorRate, 3 s after its first request, its last one 0 ms later",
  );
  expect(text).toContain("  because  errorRate is worse than its margin allows");
  expect(text).toContain("  next     take it out of the configuration: mlc abort");
});

test.each([
  ["idle", "rollout  idle: none runs"],
  ["complete", "next     promote it: mlc promote"],
  ["holding", "next     a person decides: mlc promote --force or mlc abort"],
  ["rolledBack", "next     let the configuration say the same: mlc rollback"],
] as const)("%s says what a person can do", (phase, line) => {
  expect(renderTraffic(statusOf(plan, { phase }), now, plain)).toContain(line);
});

test.each([
  [0.4, "0 s"],
  [119, "119 s"],
  [120, "2 min"],
  [7_200, "2 h"],
  [172_800, "2 days"],
])("%d seconds read as %s", (seconds, text) => {
  expect(renderSeconds(seconds)).toBe(text);
});

test("a time of another day comes with its date", () => {
  expect(renderSince("2026-11-23T23:59:00Z", now)).toBe("2026-11-23 23:59:00 UTC, 3 h ago");
});

test("a guard that informs only says so in the status", () => {
  const margin = { kind: "absolute", value: 0.005 } as const;
  const guards = ["errorRate", "clicks"].map((name, index) => ({
    ...({ kind: "proportion", name, direction: "increase", margin } as const),
    ...(index === 1 && { stake: 0 }),
  }));
  const informed = judge([interval(0, 9_000, 3, 400, 30)], { guards });
  const status = { ...progressing, rollout: { ...progressing.rollout, verdict: informed } };
  const said = renderTraffic(status, now, plain).split("\n");
  expect(said.filter((line) => line.endsWith("; informs only"))).toHaveLength(1);
  expect(said[said.findIndex((line) => line.endsWith("; informs only")) - 1]).toContain("clicks");
});

test("evidence that is divided because counts scatter says so in the status", () => {
  const margin = { kind: "absolute", value: 0.005 } as const;
  const guards = ["errorRate", "clicks"].map((name, index) => ({
    ...({ kind: "proportion", name, direction: "increase", margin } as const),
    ...(index === 1 && { designEffect: 2.4 }),
  }));
  const divided = judge([interval(0, 9_000, 3, 400, 30)], { guards });
  const status = { ...progressing, rollout: { ...progressing.rollout, verdict: divided } };
  const said = renderTraffic(status, now, plain).split("\n");
  expect(said.filter((line) => line.endsWith("; evidence divided by 2.4"))).toHaveLength(1);
});

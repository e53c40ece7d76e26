import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JudgeSettings } from "../../components/analysis/index.ts";
import type { Report } from "../../examples/sentiment-api/demo/report.ts";
import { plainVerdict } from "../analysis/plain.ts";
import { repository } from "../support/project.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "mlc-report-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function runDemo(...args: readonly string[]): { readonly report: Report; readonly summary: Record<string, unknown> } {
  const file = path.join(scratch, `report-${args.join("-")}.json`);
  const demo = spawnSync("npm", ["run", "--silent", "demo", "--", "--report", file, ...args], {
    cwd: repository,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(demo.status, demo.stderr + demo.stdout).toBe(0);
  const lastLine = demo.stdout.trimEnd().split("\n").at(-1) ?? "";
  return {
    report: JSON.parse(readFileSync(file, "utf8")) as Report,
    summary: JSON.parse(lastLine) as Record<string, unknown>,
  };
}

/** Every verdict again, by arithmetic that shares no code with the judge, from the report's counts alone. */
function expectVerdictsToFollowFromCounts(report: Report): void {
  for (const { version, outcome, evidence } of report.rollouts) {
    const plain = plainVerdict(evidence.intervals, evidence.settings as JudgeSettings);
    expect(plain.verdict, version).toBe(evidence.verdict?.verdict);
    if (plain.verdict === "rollback") {
      expect(outcome, version).toBe("aborted");
      const rollback = report.rollbacks.find((each) => each.version === version);
      expect(rollback?.cause, version).toBe(`guard:${plain.culprit}`);
    }
  }
}

describe("the demo", () => {
  let report: Report;
  let summary: Record<string, unknown>;
  beforeAll(() => {
    ({ report, summary } = runDemo());
  }, 400_000);

  test("loses no request while versions come and go at 800 requests a second or more", () => {
    expect(report.requests.lost).toBe(0);
    expect(report.requests.refused).toBe(0);
    expect(report.requests.total / report.seconds).toBeGreaterThan(500);
  });

  test("promotes the good version and stops each harmful one by the guard that is meant for it", () => {
    expect(report.promoted).toEqual(["v2"]);
    expect(report.rollbacks.map(({ version, cause }) => [version, cause])).toEqual([
      ["v3-crash", "guard:errorRate"],
      ["v3-skew", "guard:positiveRate"],
      ["v4", "person"],
    ]);
    for (const { lastBadMs } of report.rollbacks) expect(lastBadMs).toBeLessThanOrEqual(100);
    expect(report.reopenRefused).toBe(true);
  });

  test("climbs every step on evidence, and a step by hand changes the route alone", () => {
    const climbed = report.steps.filter(({ version }) => version === "v2");
    expect(climbed.map(({ weight }) => weight)).toEqual(["shadow", 500, 2500, 5000, 9500]);
    const byHand = report.steps.filter(({ changed }) => changed.length > 0);
    for (const { changed } of byHand) expect(changed).toEqual(["update sentiment-route"]);
    expect(Math.abs(report.split.observed - report.split.configured)).toBeLessThan(
      // Five standard deviations of so many draws.
      5 * Math.sqrt((0.05 * 0.95) / report.split.n),
    );
  });

  test("retires v1 with a verified archive and leaves nothing behind", () => {
    expect(report.retired).toEqual(["v1"]);
    expect(report.archive.verified).toBe(true);
    expect(report.leftovers).toEqual([]);
  });

  test("prints its summary as one JSON object on the last line", () => {
    expect(Object.keys(summary).toSorted()).toEqual([
      "archive",
      "cast",
      "engine",
      "leftovers",
      "promoted",
      "reopenRefused",
      "requests",
      "retired",
      "rollbacks",
      "seconds",
      "seed",
      "split",
      "steps",
    ]);
  });

  test("draws the evidence of each rollout beside its report", () => {
    for (const { version, outcome, picture } of report.rollouts) {
      const svg = readFileSync(picture ?? "", "utf8");
      const [, title = ""] = /<title id="mlc-title">([^<]*)</.exec(svg) ?? [];
      if (outcome === "aborted") expect(title).toBe(`Rollback: ${version} does harm`);
      else expect(title).toContain(`${version} is not worse than v1`);
      expect(path.dirname(picture ?? "")).toBe(scratch);
    }
  });

  test("has verdicts that anybody can recompute from its report", () => {
    expectVerdictsToFollowFromCounts(report);
  });
});

test("with drawn names the outcome follows the model, not the name", () => {
  const { report } = runDemo("--seed", "3");
  expect(report.cast).not.toEqual({ v2: "good", "v3-crash": "crash", "v3-skew": "skew" });
  for (const { version, outcome } of report.rollouts) {
    expect([version, outcome]).toEqual([version, report.cast[version] === "good" ? "complete" : "aborted"]);
  }
  expectVerdictsToFollowFromCounts(report);
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JudgeSettings } from "../../components/analysis/index.ts";
import type { ClusterReport } from "../../examples/sentiment-api/demo/kubernetes-report.ts";
import { plainVerdict } from "../analysis/plain.ts";
import { repository } from "../support/project.ts";

// The demo on the simulated cluster; on a real control plane it is played by the lane `cluster`.

const scratch = mkdtempSync(path.join(tmpdir(), "mlc-report-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the demo in a cluster", () => {
  let report: ClusterReport;
  let said: string;
  let lastLine: string;
  beforeAll(() => {
    const file = path.join(scratch, "report.json");
    const mlc = path.join(repository, "dist/stacks/cli/mlc.js");
    const demo = spawnSync(process.execPath, [mlc, "demo", "--on", "simulated-kubernetes", "--report", file], {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    expect(demo.status, demo.stderr + demo.stdout).toBe(0);
    report = JSON.parse(readFileSync(file, "utf8")) as ClusterReport;
    said = demo.stderr;
    lastLine = demo.stdout.trimEnd().split("\n").at(-1) ?? "";
  }, 900_000);

  const rolloutOf = (version: string) => report.rollouts.find((each) => each.version === version);

  test("says in its first line and in its report that the cluster is simulated", () => {
    expect(said.split("\n")[0]).toContain("The cluster is simulated: no pod runs and no request is sent");
    expect([report.simulated, report.cluster.split(":")[0]]).toEqual([true, "simulated"]);
  });

  test("shows the configuration's diff, the engine's plan and the controller's words", () => {
    expect(said).toMatch(/│ \+ +candidate: v2/);
    expect(said).toMatch(/│ +~ +\S*HTTPRoute +sentiment-route +update/);
    expect(said).toContain("controller: ");
  });

  test("promotes the good version and stops each harmful one by the guard that is meant for it", () => {
    expect(report.promoted).toEqual(["v2"]);
    expect(report.rollouts.map(({ version, cause }) => [version, cause])).toEqual([
      ["v2", null],
      ["v3-crash", "guard:errorRate"],
      ["v3-skew", "guard:positiveRate"],
    ]);
    expect(rolloutOf("v2")?.weights).toEqual([500, 2_500, 5_000, 9_500]);
    for (const version of ["v3-crash", "v3-skew"]) expect(rolloutOf(version)?.weights.at(-1)).toBe(0);
  });

  test("says who met the bad versions: few, and of the quiet one nobody without an answer", () => {
    for (const version of ["v3-crash", "v3-skew"]) {
      const { good = 0, bad = 0, of = 1 } = rolloutOf(version)?.met ?? {};
      expect(good + bad).toBeGreaterThan(0);
      expect((good + bad) / of).toBeLessThan(0.3);
    }
    expect(rolloutOf("v3-crash")?.met.bad).toBeGreaterThan(0);
    expect(rolloutOf("v3-skew")?.met.bad).toBe(0);
    expect(report.requests).toMatchObject({ lost: 0, failed: rolloutOf("v3-crash")?.met.bad });
  });

  test("an edit changes the route and nothing that serves", () => {
    expect(report.byHand).toMatchObject({ weights: [500, 2_500], changed: ["update sentiment-route"] });
    for (const { changed } of report.rollouts) {
      expect(changed.filter((each) => /-(deployment|service|disruption|account)$/.test(each))).toEqual([]);
      expect(changed).toContain("update sentiment-route");
    }
  });

  test("every verdict follows from the counts of its report, by arithmetic that shares no code", () => {
    for (const { version, evidence } of report.rollouts) {
      const { verdict } = plainVerdict(evidence.intervals, evidence.settings as JudgeSettings);
      expect([version, verdict]).toEqual([version, evidence.verdict?.verdict]);
    }
  });

  test("leaves no object behind, and prints a summary as JSON on the last line", () => {
    expect(report.leftovers).toEqual([]);
    expect(report.notice).toMatchObject({ version: "v1", sunset: expect.stringMatching(/GMT$/) });
    expect(JSON.parse(lastLine)).toMatchObject({ simulated: true, promoted: ["v2"] });
  });
});

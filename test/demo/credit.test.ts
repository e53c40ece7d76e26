import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { METHOD } from "../../components/analysis/index.ts";
import { type JudgedDocument, parseEvidence, renderPicture, verifyEvidence } from "../../components/evidence/index.ts";
import type { Report, RolloutReport } from "../../examples/credit-scoring-canary/demo/report.ts";
import { plainVerdict } from "../analysis/plain.ts";
import { repository } from "../support/project.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "mlc-credit-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the credit-scoring canary", () => {
  let report: Report;
  let output: string;
  beforeAll(() => {
    const file = path.join(scratch, "report.json");
    const words = [
      "run",
      "--silent",
      "example:credit",
      "--",
      "--out",
      path.join(scratch, "evidence"),
      "--report",
      file,
    ];
    const played = spawnSync("npm", words, { cwd: repository, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
    expect(played.status, played.stderr + played.stdout).toBe(0);
    output = played.stdout;
    report = JSON.parse(readFileSync(file, "utf8")) as Report;
  }, 400_000);

  const rolloutOf = (version: string): RolloutReport => {
    const found = report.rollouts.find((rollout) => rollout.version === version);
    if (found === undefined) throw new Error(`${version} did not go out`);
    return found;
  };
  const evidenceOf = (version: string): JudgedDocument => {
    const parsed = parseEvidence(readFileSync(rolloutOf(version).document, "utf8"));
    if (parsed.document === undefined) throw new Error(JSON.stringify(parsed.problems));
    return parsed;
  };

  test("v2 is better offline, and is stopped by the share of approved loans and by nothing else", () => {
    const [v1, v2] = report.offline.map(({ metrics }) => metrics.auc) as [number, number];
    expect(v2).toBeGreaterThan(v1);
    expect(rolloutOf("v2")).toMatchObject({ phase: "aborted", cause: "guard:approvalRate" });
    const { verdict, evidence } = evidenceOf("v2").verdict;
    expect(verdict).toBe("rollback");
    expect(evidence.culprit).toMatchObject({ guard: "approvalRate", side: "decrease" });
    const others = evidence.guards.filter(({ name }) => name !== "approvalRate");
    expect(others.map(({ name }) => name)).toEqual(["errorRate", "refusalRate", "latency"]);
    for (const { rollback } of others) expect(rollback.max).toBeLessThan(evidence.thresholds.rollback);
    for (const { name, comparisons } of others.slice(0, 2)) {
      expect([name, comparisons[0]?.stable.events, comparisons[0]?.candidate.events]).toEqual([name, 0, 0]);
    }
  });

  test("v3 climbs on evidence and is promoted", () => {
    expect(rolloutOf("v3")).toMatchObject({ phase: "complete", cause: null });
    expect(evidenceOf("v3").verdict.verdict).toBe("promote");
    expect(report.promoted).toEqual(["v3"]);
  });

  test("both verdicts are the same when their evidence is judged again, also by arithmetic that shares no code", () => {
    for (const { version, verified } of report.rollouts) {
      const { document, verdict } = evidenceOf(version);
      const count = document.intervals.length;
      expect(verified).toBe(`The same: ${count} intervals, judged again with method ${METHOD}.`);
      expect(verifyEvidence(document, verdict).same).toBe(true);
      expect(plainVerdict(document.intervals, document.settings).verdict).toBe(verdict.verdict);
    }
  });

  test("each rollout has its picture, and the last line names the one of what was stopped", () => {
    expect(readdirSync(path.join(scratch, "evidence")).toSorted()).toEqual(["v2.json", "v2.svg", "v3.json", "v3.svg"]);
    for (const { version, picture } of report.rollouts) {
      expect(readFileSync(picture, "utf8")).toBe(renderPicture(evidenceOf(version).document));
    }
    expect(output.trimEnd().split("\n").at(-1)).toContain(rolloutOf("v2").picture);
  });

  test("no request is lost or refused, and nothing is left behind", () => {
    expect(report.requests).toMatchObject({ lost: 0, refused: 0 });
    expect(report.requests.sent).toBeGreaterThan(10_000);
    expect(report.leftovers).toEqual([]);
  });
});

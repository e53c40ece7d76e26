import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ClusterReport } from "../../../examples/sentiment-api/demo/kubernetes-report.ts";
import { repository } from "../../support/project.ts";

// `npm run demo -- --on kubernetes` as it is played in the lane; what the simulation shows of it as well is in test/demo.

test("the demo plays the whole life on a real control plane, says so, and loses nobody", () => {
  const folder = mkdtempSync(join(tmpdir(), "mlc-report-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "report.json");
  const demo = spawnSync(process.execPath, [join(repository, "test/cluster/demo/main.ts"), "--report", file], {
    ...{ encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  });
  expect(demo.status, demo.stderr + demo.stdout).toBe(0);
  expect(demo.stderr.split("\n")[0]).toContain("The cluster is real: a Kubernetes control plane");
  const report = JSON.parse(readFileSync(file, "utf8")) as ClusterReport;
  expect(report).toMatchObject({ simulated: false, promoted: ["v2"], leftovers: [], requests: { lost: 0 } });
  expect(report.rollouts.map(({ version, cause, weights }) => [version, cause, weights.at(-1)])).toEqual([
    ["v2", null, 9_500],
    ["v3-crash", "guard:errorRate", 0],
    ["v3-skew", "guard:positiveRate", 0],
  ]);
  const [, crash, skew] = report.rollouts;
  expect(crash?.met.bad).toBe(report.requests.failed);
  expect([crash?.met.bad !== 0, skew?.met.bad]).toEqual([true, 0]);
  expect(report.byHand).toMatchObject({ weights: [500, 2_500], changed: ["update sentiment-route"] });
}, 900_000);

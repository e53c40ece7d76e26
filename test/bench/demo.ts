import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Report } from "../../examples/sentiment-api/demo/report.ts";
import { repository } from "../support/project.ts";
import { type Figure, figure } from "./figure.ts";

export function benchDemo(): readonly Figure[] {
  const scratch = mkdtempSync(path.join(tmpdir(), "mlc-bench-"));
  try {
    const file = path.join(scratch, "report.json");
    const demo = spawnSync(
      process.execPath,
      [path.join(repository, "dist/stacks/cli/mlc.js"), "demo", "--report", file],
      {
        cwd: repository,
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    if (demo.status !== 0) throw new Error(demo.stderr);
    const { seconds, requests } = JSON.parse(readFileSync(file, "utf8")) as Report;
    return [figure("demo-seconds", seconds, "s", { atMost: 150 }, `${requests.total} requests, ${requests.lost} lost`)];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * `npm run bench:cluster`: the figures that need a real control plane, in the lane's namespaces. `-- --write` also writes
 * docs/benchmarks.md; `-- --only <name> …` takes some of them.
 */

import { lifecycleFigures } from "./cluster/lifecycle.ts";
import { matrixFigures } from "./cluster/matrix.ts";
import { badToZero, falseRollbacks } from "./cluster/side-by-side.ts";
import { Report } from "./report.ts";

const parts = {
  matrix: ["objects put to the simulation and to the server", matrixFigures],
  lifecycle: ["lives of an endpoint under traffic", lifecycleFigures],
  bad: ["bad versions, beside Argo Rollouts and Flagger", badToZero],
  healthy: ["healthy versions, beside Argo Rollouts and Flagger", falseRollbacks],
} as const;

const only = process.argv.includes("--only") ? process.argv.slice(process.argv.indexOf("--only") + 1) : undefined;
const report = new Report("cluster");
for (const [name, [what, measure]] of Object.entries(parts)) {
  if (only === undefined || only.includes(name)) await report.take(what, measure);
}
report.end();

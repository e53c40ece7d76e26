/** `npm run bench:kubernetes`: the figures of the platform for clusters. `-- --write` also writes docs/benchmarks.md. */
import { killsAndRaces, manyRollouts } from "./kubernetes/controller.ts";
import { engineFigures } from "./kubernetes/engine.ts";
import { rulesPassingShare } from "./kubernetes/rules-passing-share.ts";
import { Report } from "./report.ts";

const report = new Report("kubernetes");
await report.take("rules that promtool accepts and that speak as they should", rulesPassingShare);
await report.take("controllers killed at every call, and raced", killsAndRaces);
await report.take("one controller with many rollouts", manyRollouts);
await report.take("what a run of the engine changes, and takes", engineFigures);
report.end();

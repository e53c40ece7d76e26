/**
 * `npm run bench:analysis`: what the judge promises, measured on simulated rollouts with the product's own code, and what
 * others' rules do on the same traffic. `-- --write` also writes docs/benchmarks.md, `-- --only NAME` takes one scenario,
 * `-- --cases N` at most so many cases of each.
 */
import { parseArgs } from "node:util";
import { measureDrift } from "./analysis/drift.ts";
import { Pool } from "./analysis/pool.ts";
import { scenarios } from "./analysis/scenarios/index.ts";
import { measureScorecard } from "./analysis/scorecard.ts";
import { sizes } from "./analysis/sizes.ts";
import { Report } from "./report.ts";

const { values } = parseArgs({
  options: {
    write: { type: "boolean" },
    only: { type: "string", multiple: true },
    cases: { type: "string", default: "1000000" },
  },
});
const names = [...scenarios.map(({ name }) => name), "sizes", "drift", "scorecard"];
const unknown = (values.only ?? []).filter((name) => !names.includes(name));
if (unknown.length > 0) refuse(`--only: saw ${unknown.join(", ")}; allowed are ${names.join(", ")}`);
const most = Number(values.cases);
if (!(Number.isInteger(most) && most >= 1)) refuse(`--cases: saw ${values.cases}; allowed is a whole number from 1`);

const isAsked = (name: string): boolean => values.only === undefined || values.only.includes(name);
const pool = new Pool();
const report = new Report("analysis");
for (const { name, cases, figures } of scenarios.filter((scenario) => isAsked(scenario.name))) {
  await report.take(name, async () => figures(await pool.run(name, Math.min(cases, most))));
}
await pool.end();
if (isAsked("sizes")) await report.take("sizes", sizes);
if (isAsked("drift")) await report.take("drift", () => measureDrift());
if (isAsked("scorecard")) await report.take("scorecard", () => measureScorecard());
report.end();

function refuse(what: string): never {
  console.error(what);
  process.exit(2);
}

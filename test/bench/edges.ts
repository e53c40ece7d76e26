/**
 * `npm run bench:edges`: what harm is found, what a client can do, what a request can cost. `-- --write` also writes docs/benchmarks.md,
 * `-- --quick` takes fewer and shorter runs, `-- <name> …` takes those alone.
 */

import { benchAttacks } from "./edges/attacks-that-decide.ts";
import { benchHang } from "./edges/hang.ts";
import { benchHarmFound } from "./edges/harm-found.ts";
import { benchHealthyStopped } from "./edges/healthy-stopped.ts";
import { benchMemoryUnderAttack } from "./edges/memory-under-attack.ts";
import { benchTestMinutes } from "./edges/test-minutes.ts";
import { benchWorstRequest } from "./edges/worst-request.ts";
import type { Figure } from "./figure.ts";
import { Report } from "./report.ts";

const quick = process.argv.includes("--quick");
const names = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));

const benches: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  "harm-found": () => benchHarmFound(quick ? 4 : 20),
  "healthy-stopped": () => benchHealthyStopped(quick ? 10 : 100, quick ? 4 : 20),
  "hang-to-zero-seconds": () => benchHang(quick ? 2 : 5),
  "attacks-that-decide": () => benchAttacks(quick ? 8 : 20),
  "worst-request": benchWorstRequest,
  "memory-under-attack": () => benchMemoryUnderAttack(quick ? 8 : 60),
  // Not quick in any way: taken when it is asked for, or with all.
  ...((!quick || names.includes("test-minutes")) && { "test-minutes": async () => benchTestMinutes() }),
};
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`saw ${unknown.join(", ")}; allowed are ${Object.keys(benches).join(", ")}`);
  process.exit(2);
}
const report = new Report("edges");
for (const [name, bench] of Object.entries(benches)) {
  if (names.length === 0 || names.includes(name)) await report.take(name, bench);
}
report.end();

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../../../components/host/atomic-file.ts";
import { comparisonFacts, type TableComparison } from "./comparison.ts";
import { renderMetrics } from "./render-metrics.ts";
import { renderPage } from "./render-page.ts";

/** What is written, and as what. */
const files: Readonly<Record<string, (comparison: TableComparison) => string>> = {
  "drift.html": renderPage,
  "drift.json": (comparison) => `${JSON.stringify(comparisonFacts(comparison), undefined, 2)}\n`,
  "drift.prom": renderMetrics,
};

/** Writes the page, the facts and the metrics into a folder, which is made; each in one rename. Gives their paths. */
export function writeReport(folder: string, comparison: TableComparison): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return Object.entries(files).map(([name, render]) => {
    const path = join(folder, name);
    writeAtomic(path, render(comparison));
    return path;
  });
}

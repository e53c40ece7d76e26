import type { Level } from "../../../components/drift/index.ts";
import { describeContent } from "../../../components/sources/content.ts";
import { printable } from "../printable.ts";
import type { Paint } from "../terminal.ts";
import type { ComparedFile, TableComparison } from "./comparison.ts";
import { measureNames, renderEffect, renderLevel, renderP, renderPerformance, renderVerdict } from "./wording.ts";

const marks: Readonly<Record<Level, string>> = { none: "✓", warn: "!", alarm: "✗" };
const styles = { none: "green", warn: "yellow", alarm: "red" } as const;

const HEAD = ["feature", "measure", "effect", "warn", "alarm", "p", ""] as const;
/** Columns of numbers, which end in one line. */
const RIGHT: readonly number[] = [2, 3, 4, 5];

/** The comparison for a person at a terminal: a line for each measurement, and what they come to. */
export function renderComparison(comparison: TableComparison, paint: Paint): string {
  const { reference, current, features, notCompared, performance, drifted, alpha } = comparison;
  const lines = features.flatMap(({ feature, role, findings }) =>
    findings.map((finding) => ({
      level: finding.level,
      cells: [
        `${printable(feature)}${role === "prediction" ? " (prediction)" : ""}`,
        measureNames[finding.measure],
        renderEffect(finding.effect),
        String(finding.threshold.warn),
        String(finding.threshold.alarm),
        renderP(finding.adjustedP),
        renderLevel(finding, alpha),
      ],
    })),
  );
  const widths = HEAD.map((head, i) => Math.max(head.length, ...lines.map(({ cells }) => cells[i]?.length ?? 0)));
  const row = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (RIGHT.includes(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return [
    renderFile("reference", reference),
    renderFile("current", current),
    "",
    paint("dim", `  ${row(HEAD)}`),
    ...lines.map(({ level, cells }) => `${paint(styles[level], marks[level])} ${row(cells)}`),
    "",
    ...(notCompared.length > 0
      ? [`Not in the reference, and not compared: ${notCompared.map(printable).join(", ")}.`]
      : []),
    paint(drifted ? "red" : "green", renderVerdict(comparison)),
    ...(performance === null ? [] : [paint(performanceStyle[performance.verdict], renderPerformance(performance))]),
    paint("dim", `p is corrected for all ${lines.length} measurements (Holm); significant is p ≤ ${alpha}.`),
  ].join("\n");
}

const performanceStyle = { drifted: "red", steady: "green", tooFewLabels: "yellow" } as const;

const renderFile = (role: string, { path, rows, content }: ComparedFile): string =>
  `${role.padEnd(9)}  ${printable(path)}  ${rows} rows  ${describeContent(content.slice(0, 12))}`;

import { describeContent } from "../../../components/sources/content.ts";
import { renderFrame } from "../page/frame.ts";
import { escapeMarkup, escapeText } from "../page/markup.ts";
import { drawBars } from "./bars.ts";
import type { ComparedFile, Feature, TableComparison } from "./comparison.ts";
import { distributionOf } from "./distribution.ts";
import { measureNames, renderEffect, renderLevel, renderP, renderPerformance, renderVerdict } from "./wording.ts";

/** The comparison as a page. No name of a file or a column is markup. */
export function renderPage(comparison: TableComparison): string {
  const { reference, current, features, performance, drifted, notCompared, alpha } = comparison;
  const loudestFirst = features.toSorted((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level));
  const body = `<h1>Drift</h1>
<p class="${drifted ? "alarm" : "none"}"><strong>${escapeText(renderVerdict(comparison))}</strong></p>
${performance === null ? "" : `<p class="${performance.verdict}">${escapeText(renderPerformance(performance))}</p>`}
<table><tr><th></th><th>file</th><th>rows</th><th>content</th></tr>
${renderFile("reference", reference)}${renderFile("current", current)}</table>
${notCompared.length === 0 ? "" : `<p>Not in the reference, and not compared: ${notCompared.map(escapeMarkup).join(", ")}.</p>`}
<p>p is corrected for all measurements (Holm). A feature drifts when an effect reaches its warning and p is at most ${alpha}.</p>
${loudestFirst.map((feature) => renderFeature(feature, alpha)).join("\n")}`;
  return renderFrame({ title: `Drift: ${current.path}`, body, style: STYLE });
}

const LEVELS = ["none", "warn", "alarm"] as const;

function renderFeature(feature: Feature, alpha: number): string {
  const rows = feature.findings.map(
    (finding) =>
      `<tr class="${finding.level}"><td>${measureNames[finding.measure]}</td><td>${renderEffect(finding.effect)}</td><td>${
        finding.threshold.warn
      }</td><td>${finding.threshold.alarm}</td><td>${escapeText(renderP(finding.adjustedP))}</td><td>${renderLevel(finding, alpha)}</td></tr>`,
  );
  const name = escapeMarkup(feature.feature);
  return `<section>
<h2 class="${feature.level}">${name}${feature.role === "prediction" ? " (prediction)" : ""}</h2>
<table><tr><th>measure</th><th>effect</th><th>warn</th><th>alarm</th><th>p</th><th></th></tr>
${rows.join("\n")}</table>
${drawBars(feature.feature, distributionOf(feature))}
</section>`;
}

const renderFile = (role: "reference" | "current", { path, rows, content }: ComparedFile): string =>
  `<tr><td><span class="key ${role}"></span>${role}</td><td>${escapeMarkup(path)}</td><td>${rows}</td><td><code>${describeContent(content)}</code></td></tr>`;

const STYLE = `
:root { --reference: #7a8ba3; --current: #d9822b } code { font-size: 12px; word-break: break-all }
.alarm, .drifted { color: #c62828 } .warn, .tooFewLabels { color: #b26a00 }
rect.reference { fill: var(--reference) } rect.current { fill: var(--current) }
.key.reference { background: var(--reference) } .key.current { background: var(--current) }
`;

import { type Action, actions, type Row, type Scorecard, type Totals } from "../../../components/scorecard/index.ts";
import { renderFrame } from "../page/frame.ts";
import { escapeMarkup, escapeText } from "../page/markup.ts";
import { drawHealth, drawKey, drawTrend, drawValue, renderHealth } from "./charts.ts";
import { actionMeanings, actionNames, renderAmount, renderRatio, renderReasons, renderShare } from "./wording.ts";

/** The portfolio on a page for those who decide: how it stands, what is advised and why, and what that saves. */
export function renderPage(card: Scorecard, currency: string | null): string {
  const { quarter, models, totals } = card;
  const body = `<h1>Models in ${quarter}</h1>
${renderTiles(totals, currency)}
<p class="legend">${drawKey(totals.byAction)}</p>
<div class="charts"><figure><figcaption>Health, 0 to 100</figcaption>${drawHealth(models)}</figure>
<figure><figcaption>Value and cost; above the line, value is more</figcaption>${drawValue(models, currency)}</figure></div>
${actions.map((action) => renderGroup(action, models, currency)).join("")}
${renderAttention(totals, currency)}
<p>Health is the geometric mean of business (40 %), technical (30 %), cost (20 %) and governance (10 %): one dead pillar pulls it down. A decline counts only when each of three falls exceeds 2 %, all come to 10 %, and chance is below 5 %. Saving is the cost of the last quarter, a month; what another model takes over may cost that one more. An advice changes nothing.</p>`;
  return renderFrame({ title: `Models in ${quarter}`, body, style: STYLE });
}

function renderTiles(totals: Totals, currency: string | null): string {
  const tiles: readonly (readonly [what: string, amount: string])[] = [
    ["models", String(totals.models)],
    ["value a quarter", renderAmount(totals.value, currency)],
    ["cost a quarter", renderAmount(totals.cost, currency)],
    ["value / cost", renderRatio(totals.valuePerCost)],
    ["saving a month, if advice is taken", renderAmount(totals.savingPerMonth, currency)],
    ["value a month lost by it", renderAmount(totals.valueLostPerMonth, currency)],
    ["value on models not advised to keep", renderAmount(totals.valueAtRisk, currency)],
    ["of the facts are known", renderShare(totals.coverage)],
  ];
  const drawn = tiles.map(([what, amount]) => `<div><strong>${escapeText(amount)}</strong>${escapeText(what)}</div>`);
  return `<div class="tiles">${drawn.join("")}</div>`;
}

/** The models of one advice, the one that saves most first. */
function renderGroup(action: Action, models: readonly Row[], currency: string | null): string {
  const own = models
    .filter(({ advice }) => advice.action === action)
    .toSorted((a, b) => (b.advice.savingPerMonth ?? 0) - (a.advice.savingPerMonth ?? 0));
  if (own.length === 0) return "";
  const rows = own.map((row) => renderRow(row, currency));
  return `<section><h2><span class="key ${action}"></span>${actionNames[action]}: ${own.length}</h2>
<p>${actionMeanings[action]}</p>
<table><tr><th>model</th><th>owner</th><th>health</th><th>value</th><th>value / cost</th><th>why</th><th>saving a month</th><th>confidence</th></tr>
${rows.join("\n")}</table></section>
`;
}

function renderRow(row: Row, currency: string | null): string {
  const { model, last, history, valuePerCost, advice } = row;
  const saving = advice.savingPerMonth === 0 ? "" : renderAmount(advice.savingPerMonth, currency);
  const cells = [
    escapeMarkup(model),
    escapeMarkup(last.owner ?? ""),
    renderHealth(row),
    drawTrend(history),
    renderRatio(valuePerCost[1]),
    renderReasons(advice)
      .map((reason) => escapeText(reason))
      .join("<br>"),
    escapeText(saving),
    advice.tier,
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

/** Who and what has to be looked after, whatever is advised. */
function renderAttention({ orphaned, validationOverdue, tooOld, owners }: Totals, currency: string | null): string {
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ["Without an owner", orphaned],
    ["Validation overdue", validationOverdue],
    ["Too old", tooOld],
  ];
  const named = lists.filter(([, names]) => names.length > 0);
  const items = named.map(([what, names]) => `<li>${what}: ${names.map(escapeMarkup).join(", ")}</li>`);
  const rows = owners.map(
    ({ owner, models, cost }) =>
      `<tr><td>${escapeMarkup(owner)}</td><td>${models}</td><td>${escapeText(renderAmount(cost, currency))}</td></tr>`,
  );
  return [
    items.length === 0 ? "" : `<section><h2>To look after</h2><ul>${items.join("")}</ul></section>`,
    rows.length === 0
      ? ""
      : `<section><h2>Owners</h2><table><tr><th>owner</th><th>models</th><th>cost a quarter</th></tr>${rows.join("")}</table></section>`,
  ].join("\n");
}

const STYLE = `
:root { --retire: #c62828; --deprecate: #e07b00; --consolidate: #7e57c2; --fix: #c9a400; --insufficientData: #8d99a6; --keep: #2e8b57 }
body { max-width: 76rem } td { vertical-align: top } td:first-child { white-space: nowrap } figure { margin: 0 } .charts, .tiles { display: flex; flex-wrap: wrap; gap: 1.5rem }
.tiles div { min-width: 8rem } .tiles strong { display: block; font-size: 1.5rem; font-weight: 600 } .legend span { margin-right: .6rem }
.middle { text-anchor: middle } .end { text-anchor: end } .axis { stroke: #8888 } .even { stroke: #8888; stroke-dasharray: 4 4 }
.trend { fill: none; stroke: currentColor; stroke-width: 1.5 }
${actions.map((action) => `.${action} { fill: var(--${action}) } .key.${action} { background: var(--${action}) }`).join("\n")}
`;

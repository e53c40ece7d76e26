import { type Action, actions, type Row, type Scorecard } from "../../../components/scorecard/index.ts";
import { printable } from "../printable.ts";
import type { Paint, Style } from "../terminal.ts";
import {
  actionMeanings,
  actionNames,
  renderAmount,
  renderRatio,
  renderReasons,
  renderScore,
  renderShare,
} from "./wording.ts";

const styles: Readonly<Record<Action, Style>> = {
  retire: "red",
  deprecate: "red",
  consolidate: "yellow",
  fix: "yellow",
  insufficientData: "cyan",
  keep: "green",
};

const HEAD = ["model", "health", "B", "T", "C", "G", "known", "value/cost", "growth", "saving/month", "confidence"];

/** The portfolio for a person at a terminal: a line for each model, by what is advised, and why it is. */
export function renderScorecard({ quarter, models, totals }: Scorecard, currency: string | null, paint: Paint): string {
  const lines = models.map((row) => ({ row, cells: cellsOf(row, currency) }));
  const widths = HEAD.map((head, i) => Math.max(head.length, ...lines.map(({ cells }) => cells[i]?.length ?? 0)));
  const align = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ");
  const groups = actions.flatMap((action) => {
    const own = lines.filter(({ row }) => row.advice.action === action);
    if (own.length === 0) return [];
    const title = `${paint(styles[action], `${actionNames[action]}: ${count(own.length)}.`)} ${actionMeanings[action]}`;
    const body = own.flatMap(({ row, cells }) => [
      `  ${align(cells)}`,
      ...renderReasons(row.advice).map((reason) => paint("dim", `      ${reason}`)),
    ]);
    return ["", title, ...body];
  });
  const amount = (value: number): string => renderAmount(value, currency);
  return [
    `${quarter}  ${count(totals.models)}  value ${amount(totals.value)}  cost ${amount(totals.cost)}  value/cost ${renderRatio(totals.valuePerCost)}  known ${renderShare(totals.coverage)}`,
    "",
    paint("dim", `  ${align(HEAD)}`.trimEnd()),
    ...groups,
    "",
    `All ends that are advised save ${amount(totals.savingPerMonth)} a month and lose ${amount(totals.valueLostPerMonth)} of value.`,
    `${amount(totals.valueAtRisk)} of value a quarter rests on models that are not advised to be kept.`,
    ...namesOf("Without an owner", totals.orphaned),
    ...namesOf("Validation overdue", totals.validationOverdue),
    ...namesOf("Too old", totals.tooOld),
    paint("dim", "B business, T technical, C cost, G governance, health: 0 to 100. An advice changes nothing."),
  ].join("\n");
}

const cellsOf = ({ model, health, pillars, coverage, valuePerCost, growth, advice }: Row, currency: string | null) => [
  printable(model),
  renderScore(health),
  ...[pillars.business, pillars.technical, pillars.cost, pillars.governance].map(renderScore),
  renderShare(coverage),
  renderRatio(valuePerCost[1]),
  renderShare(growth),
  advice.savingPerMonth === 0 ? "" : renderAmount(advice.savingPerMonth, currency),
  advice.tier,
];

const count = (models: number): string => `${models} ${models === 1 ? "model" : "models"}`;

const namesOf = (what: string, names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : [`${what}: ${names.map(printable).join(", ")}.`];

import {
  type PlannedRollout,
  type PlannedStep,
  type PlanSettings,
  planRollout,
} from "../../../components/analysis/index.ts";
import { renderSeconds } from "../render-time.ts";
import type { Paint } from "../terminal.ts";
import { renderCure, renderPoints, renderRate, renderShare } from "./wording.ts";

/** A plan, and what it was made from. */
export interface PlanView {
  readonly title: string;
  readonly metric: string;
  /** Where the figures come from. */
  readonly from: readonly string[];
  /** What a reader of the times has to know besides, a sentence each. */
  readonly notes: readonly string[];
  readonly settings: PlanSettings;
  readonly plan: PlannedRollout;
}

/** A plan for a person: what holds, the steps, how long it takes, or why it cannot be and what would help. */
export function renderPlan(view: PlanView, paint: Paint): string {
  const { title, metric, from, settings, plan } = view;
  const { guard, unitsPerSecond } = settings;
  return [
    `${paint("bold", title)}: ${metric} at ${renderRate(guard.baseline)}, ${Number(unitsPerSecond.toPrecision(3))} a second`,
    ...from.map((line) => `  ${paint("dim", line)}`),
    "",
    ...renderSteps(plan.steps, settings, metric),
    "",
    ...(plan.feasible ? renderOutlook(view, paint) : renderRefusal(view, paint)),
  ].join("\n");
}

const columns = ["step", "bake", "usually left after", "finds", "if it breaks here"] as const;

function renderSteps(steps: readonly PlannedStep[], settings: PlanSettings, metric: string): readonly string[] {
  if (steps.length === 0) return [];
  const rows = steps.map((step) => [
    renderShare(step.weight),
    renderSeconds(step.bake),
    step.promised === step.usual
      ? renderSeconds(step.usual)
      : `${renderSpan(step.usual)} (${renderSpan(step.promised)})`,
    step.finds === null ? "nothing" : `+${renderPoints(step.finds)}`,
    step.harm === null ? "not seen" : `${Math.ceil(step.harm)} failed`,
    renderReason(step, settings, metric),
  ]);
  const header = [...columns, "left on"];
  const widths = header.map((_, i) => Math.max(...[header, ...rows].map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd();
  const { promise = 0.9 } = settings;
  return [
    line(header),
    ...rows.map(line),
    "",
    `  finds: so much above stable's rate is out by then in ${renderRate(promise)} of cases; smaller harm up to the margin is tolerated.`,
    `  In parentheses: so long for ${renderRate(promise)} of the versions that are as good as stable.`,
  ];
}

function renderReason({ leftOn }: PlannedStep, { harmBudget = 0.01 }: PlanSettings, metric: string): string {
  if (leftOn === "proof") return `${metric} shown within its margin`;
  return leftOn === "possibleHarm"
    ? `the next can spoil ${renderShare(harmBudget)} at most`
    : "nothing speaks against it";
}

/** A span, or that it never ends. */
const renderSpan = (seconds: number): string => (Number.isFinite(seconds) ? renderSeconds(seconds) : "never");

function renderOutlook({ settings, plan, notes }: PlanView, paint: Paint): readonly string[] {
  const { promise = 0.9, maxDuration = 86_400 } = settings;
  const spans = `half of the good versions can be promoted after ${renderSeconds(plan.usual)}, ${renderRate(promise)} of them after ${renderSeconds(plan.promised)}`;
  return [
    `  ${paint("green", "✓")} feasible: ${spans}; allowed are ${renderSeconds(maxDuration)}.`,
    ...notes.map((note) => `  ${note}`),
    ...renderHoldBack(settings, plan),
  ];
}

/** A last step that takes half of the time is worth a word when a quarter of the whole can be saved. */
const LARGE_PART = 0.5;
const WORTH_IT = 0.75;

/** A last step with little to compare with may take most of the time: stable could keep more. */
function renderHoldBack(settings: PlanSettings, plan: PlannedRollout): readonly string[] {
  const { holdBack = 0.05 } = settings;
  const more = 0.2;
  const last = plan.steps.at(-1);
  if (last === undefined || last.leftOn !== "proof" || holdBack >= more || last.usual < LARGE_PART * plan.usual)
    return [];
  const other = planRollout({ ...settings, holdBack: more });
  if (!other.feasible || other.usual > WORTH_IT * plan.usual) return [];
  return [
    `  The last step takes ${renderSeconds(last.usual)} of it, because stable keeps ${renderShare(holdBack)} to compare with. With holdBack: "${renderShare(more)}" all takes ${renderSeconds(other.usual)}.`,
  ];
}

function renderRefusal({ settings, plan, metric }: PlanView, paint: Paint): readonly string[] {
  return [
    `  ${paint("red", "✗")} not feasible:`,
    ...plan.reasons.map((reason) => `    ${reason}`),
    ...(plan.cures.length === 0
      ? ["  No single change is enough: a wider margin and more time, or more traffic, together."]
      : ["  Each of these alone is enough:", ...plan.cures.map((cure) => `    ${renderCure(cure, settings, metric)}`)]),
  ];
}

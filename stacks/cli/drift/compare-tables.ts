import {
  type Column,
  type ColumnKind,
  type ConceptState,
  columnOf,
  compareWindows,
  type DriftHistory,
  driftingFeatures,
  type Labelled,
  outcomesOf,
  renderConcept,
  startConcept,
  startHistory,
  stepConcept,
  stepHistory,
  wasCounted,
} from "../../../components/drift/index.ts";
import type { Problem } from "../../../components/release/problems.ts";
import { renderColumn, type Table } from "../tables/table.ts";
import { type ColumnChoice, type Pair, pairColumns } from "./columns.ts";
import type { Feature, Performance, TableComparison } from "./comparison.ts";

/** What is asked of two tables. */
export interface TableQuestion extends ColumnChoice {
  /** The column of what the version said. */
  readonly prediction?: string;
  /** The column of what was true, as far as it is known. */
  readonly label?: string;
  readonly alpha: number;
  /** What earlier periods left; undefined when one period is judged by itself. */
  readonly history?: { readonly path: string; readonly before: DriftHistory | undefined };
}

/** A comparison, with what the history is after it; or everything that is wrong with the tables. */
export type Compared =
  | { readonly comparison: TableComparison; readonly history?: DriftHistory }
  | { readonly problems: readonly Problem[] };

/** Compares two tables as the command line asks. */
export function compareTables(reference: Table, current: Table, question: TableQuestion): Compared {
  const { pairs, notCompared, problems } = pairColumns(reference, current, question);
  const wrong = [...problems, ...checkRoles(pairs, reference, question, problems.length > 0)];
  if (wrong.length > 0) return { problems: wrong };
  const features = pairs.filter(({ name }) => name !== question.label).map((pair) => ({ pair, ...columnsOf(pair) }));
  const report = compareWindows(
    new Map(features.map(({ pair, before }) => [pair.name, before])),
    new Map(features.map(({ pair, now }) => [pair.name, now])),
    { alpha: question.alpha },
  );
  const judged = report.features.map((each, i): Feature => {
    const { before, now } = features[i] ?? { before: EMPTY, now: EMPTY };
    return { ...each, role: each.feature === question.prediction ? "prediction" : "input", before, now };
  });
  const past = question.history?.before ?? startHistory(reference.content);
  const repeated = question.history !== undefined && wasCounted(past, current.content);
  const concept = judgeLabels(pairs, question, past.concept, repeated);
  const after = repeated ? past : stepHistory(past, current.content, report.features, concept?.state ?? past.concept);
  const drifting =
    question.history === undefined
      ? judged.filter(({ level }) => level !== "none").map(({ feature }) => feature)
      : driftingFeatures(after);
  const comparison: TableComparison = {
    reference: { path: reference.path, content: reference.content, rows: reference.rows },
    current: { path: current.path, content: current.content, rows: current.rows },
    alpha: question.alpha,
    features: judged,
    notCompared,
    performance: concept?.performance ?? null,
    history:
      question.history === undefined ? null : { path: question.history.path, periods: after.periods.length, repeated },
    drifting,
    drifted: drifting.length > 0 || concept?.performance.verdict === "drifted",
  };
  return { comparison, ...(question.history !== undefined && !repeated && { history: after }) };
}

const EMPTY: Column = { kind: "category", counts: new Map(), missing: 0 };

const columnsOf = ({ kind, reference, current }: Pair): { readonly before: Column; readonly now: Column } => ({
  before: columnOf(reference, kind),
  now: columnOf(current, kind),
});

/** @param incomplete columns are missing already, and told */
function checkRoles(
  pairs: readonly Pair[],
  reference: Table,
  { prediction, label }: TableQuestion,
  incomplete: boolean,
): readonly Problem[] {
  const roles = [
    { option: "--prediction", name: prediction },
    { option: "--label", name: label },
  ];
  const unknown = roles.flatMap(({ option, name }): readonly Problem[] => {
    if (name === undefined || reference.columns.has(name)) return [];
    const allowed = `a column of ${reference.path}: ${[...reference.columns.keys()].map((each) => JSON.stringify(each)).join(", ")}`;
    return [{ path: option, seen: JSON.stringify(name), allowed, cure: "Name one of them" }];
  });
  if (unknown.length > 0 || incomplete || prediction === undefined || label === undefined) return unknown;
  const [said, truth] = [kindOf(pairs, prediction), kindOf(pairs, label)];
  if (said === truth && said !== undefined) {
    return labelledOf(pairs, prediction, label).reference.length > 0 ? [] : [noLabels(reference, label)];
  }
  const cure =
    "Write labels 0 and 1 for scores, numbers for numbers, the same names for names; or name both with --category";
  const seen = `${renderColumn(prediction)} of ${said ?? "nothing"}s, ${renderColumn(label)} of ${truth ?? "nothing"}s`;
  return [{ path: "--prediction, --label", seen, allowed: "two columns of one kind, not ignored", cure }];
}

const noLabels = ({ path }: Table, label: string): Problem => ({
  path: `${path} ${renderColumn(label)}`,
  seen: "no row with both a prediction and a label",
  allowed: "a reference whose labels are known",
  cure: "Take a reference that is old enough, or leave --label out",
});

const kindOf = (pairs: readonly Pair[], name: string): ColumnKind | undefined =>
  pairs.find((pair) => pair.name === name)?.kind;

function labelledOf(pairs: readonly Pair[], prediction: string, label: string) {
  const find = (name: string): Pair | undefined => pairs.find((pair) => pair.name === name);
  const [said, truth] = [find(prediction), find(label)];
  const side = (which: "reference" | "current"): Labelled => ({
    predictions: said?.[which] ?? [],
    labels: truth?.[which] ?? [],
  });
  return outcomesOf(said?.kind ?? "category", side("reference"), side("current"));
}

/** Performance after this period; undefined where no labels are asked for. */
function judgeLabels(
  pairs: readonly Pair[],
  { prediction, label, alpha, history }: TableQuestion,
  before: ConceptState,
  repeated: boolean,
): { readonly state: ConceptState; readonly performance: Performance } | undefined {
  if (prediction === undefined || label === undefined) return undefined;
  const { kind, reference, current } = labelledOf(pairs, prediction, label);
  const start = history === undefined ? startConcept() : before;
  const state = repeated ? start : stepConcept(start, reference, current, { alpha });
  const missing = (pairs[0]?.current.length ?? 0) - current.length;
  return { state, performance: { outcome: kind, unlabelled: missing, ...renderConcept(state, reference, { alpha }) } };
}

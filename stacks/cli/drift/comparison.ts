import type { Column, ConceptReport, FeatureDrift, OutcomeKind } from "../../../components/drift/index.ts";

/** One file that was compared. */
export interface ComparedFile {
  readonly path: string;
  /** The hash of its bytes. */
  readonly content: string;
  readonly rows: number;
}

/** A feature, judged, with what its columns hold on both sides. */
export interface Feature extends FeatureDrift {
  readonly role: "input" | "prediction";
  readonly before: Column;
  readonly now: Column;
}

/** Performance against the labels that are known. */
export interface Performance extends ConceptReport {
  readonly outcome: OutcomeKind;
  /** Rows of this period whose label, or prediction, is not known. */
  readonly unlabelled: number;
}

/** Everything that `mlc drift` found. */
export interface TableComparison {
  readonly reference: ComparedFile;
  readonly current: ComparedFile;
  readonly alpha: number;
  readonly features: readonly Feature[];
  /** Columns of the current file that the reference does not have. */
  readonly notCompared: readonly string[];
  /** Null where no labels were asked for. */
  readonly performance: Performance | null;
  /** Null where this period is judged by itself. */
  readonly history: { readonly path: string; readonly periods: number; readonly repeated: boolean } | null;
  /** Features that drift: in this period, or by all periods where there is a history. */
  readonly drifting: readonly string[];
  /** Whether anything drifts: a feature, or the performance. */
  readonly drifted: boolean;
}

/** The comparison as `--json` prints it: without the columns' values. */
export const comparisonFacts = (comparison: TableComparison): Readonly<Record<string, unknown>> => ({
  ...comparison,
  features: comparison.features.map(({ before: _before, now: _now, ...judged }) => judged),
});

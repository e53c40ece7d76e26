/**
 * Has what a version is asked, or what it answers, changed since its reference? Pure arithmetic; no clock, no randomness,
 * no input or output. `docs/drift.md` explains the numbers.
 */
export { type Bounds, cellsOf, evenBounds } from "./bins.ts";
export {
  type CompareSettings,
  compareWindows,
  type DriftReport,
  type FeatureDrift,
  type Finding,
  type Level,
  THRESHOLDS,
  type Threshold,
} from "./compare.ts";
export {
  type ConceptReport,
  type ConceptSettings,
  type ConceptState,
  renderConcept,
  startConcept,
  stepConcept,
} from "./concept.ts";
export type { Cells } from "./distance.ts";
export { type DriftHistory, driftingFeatures, startHistory, stepHistory, wasCounted } from "./history.ts";
export { type Hysteresis, NO_PERIODS, PERIODS, stepHysteresis } from "./hysteresis.ts";
export { categoryCells, isCategorical, type Measure, type Measurement } from "./measures.ts";
export { type Labelled, type OutcomeKind, type Outcomes, outcomesOf } from "./outcomes.ts";
export {
  asCategories,
  type CategoryColumn,
  type Column,
  type ColumnKind,
  columnOf,
  type NumberColumn,
  type Value,
  type Window,
} from "./window.ts";

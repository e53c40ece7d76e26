/**
 * How each model of a portfolio stands, and what is advised: facts of each quarter in, scores and advice with reasons out.
 * Pure arithmetic; no clock, no randomness, no input or output. Nothing is changed by an advice. `docs/scorecard.md` explains
 * the numbers.
 */
export {
  type Action,
  type Advice,
  actions,
  adviseOn,
  type Confidence,
  LEAST_COVERAGE,
  NOTICE_DAYS,
} from "./advice.ts";
export { type Decline, declineOf } from "./decline.ts";
export { type ModelFacts, type QuarterFacts, quarterNumber } from "./facts.ts";
export { checkFacts, type FactProblem, type Field, factNames, fields } from "./fields.ts";
export { type Health, PILLAR_WEIGHTS } from "./health.ts";
export type { Consolidation } from "./overlap.ts";
export type { Pillar } from "./parts.ts";
export { type Row, type Scorecard, scorePortfolio, type Totals } from "./portfolio.ts";
export { type Reason, renderReason } from "./reason.ts";
export { type ModelScore, type Point, scoreModel } from "./score.ts";

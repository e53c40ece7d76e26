/** Concept drift: is what the version says as often wrong as it was on the reference? Known as far as labels have come. */
import { anytimeP } from "../analysis/culprit.ts";
import { halve } from "../analysis/halve.ts";
import { divergence, rollbackLogE, startComparison, stepComparison } from "../analysis/proportion.ts";
import { ALARM_HEIGHT, type Baseline, NO_RISE, type PageHinkley, stepPageHinkley } from "./page-hinkley.ts";

/** On what terms performance is judged. */
export interface ConceptSettings {
  /** Chance that the e-value ever says of a version that is as good as it was that it is worse; above 0, below 1. @default 0.05 */
  readonly alpha?: number;
  /** How much worse is tolerated: a share added to the reference's rate of errors, 0.01 is one point. @default 0.01 */
  readonly margin?: number;
  /** With fewer labels than show a rise of this share beyond the margin, nothing is said of the version. @default 0.05 */
  readonly rise?: number;
}

/** What is remembered between periods. Plain data: survives JSON. */
export interface ConceptState {
  /** Log e-values against "the rate is at most the limit": a row for each start of the evidence, in it one per alternative. */
  readonly logs: readonly (readonly number[])[];
  readonly rise: PageHinkley;
  readonly blocks: number;
  readonly labels: number;
  readonly errors: number;
  /** The highest log e-value so far: evidence is kept, whatever comes later. */
  readonly maxLog: number;
}

/** What is said of a version's performance. */
export interface ConceptReport {
  /** `drifted` at once and for good; `tooFewLabels` while a rise could not have been shown yet. */
  readonly verdict: "drifted" | "steady" | "tooFewLabels";
  /** What showed it: the e-value, the slow rise, or both. Empty unless drifted. */
  readonly shownBy: readonly ("eValue" | "pageHinkley")[];
  readonly labels: number;
  /** How many labels it takes to show a rise of `rise`. */
  readonly labelsNeeded: number;
  /** Share of errors on the reference and since; null without labels. */
  readonly referenceRate: number;
  readonly currentRate: number | null;
  /** The rate that is still tolerated: the reference's, with its own uncertainty and the margin. */
  readonly limit: number;
  /** Natural logarithm of the e-value against "the rate is at most the limit", at its highest; its line; its p. */
  readonly logE: number;
  readonly threshold: number;
  readonly p: number;
  /** Height of the slow rise and the one that is an alarm, in standard deviations. */
  readonly height: number;
  readonly alarmHeight: number;
}

/** Evidence starts anew at the 1st, 2nd, 4th, 8th … block: what was good for long does not hide what is bad now. */
const STARTS = 20;
const BLOCKS_PER_PERIOD = 20;
const LEAST_BLOCK = 25;

/** What the arm of the reference holds is of no consequence: the limit is a number, and does not depend on it. */
const NO_EVIDENCE = startComparison(STARTS, 0.5);

/** Before the first label. */
export const startConcept = (): ConceptState => ({
  logs: NO_EVIDENCE.rollback,
  rise: NO_RISE,
  blocks: 0,
  labels: 0,
  errors: 0,
  maxLog: 0,
});

/**
 * After the outcomes of one more period, in the order in which they came.
 * @param reference outcomes of the same version on the reference: 0 is right, 1 is wrong, between them partly
 * @throws RangeError when the reference has no outcome or an outcome is not within 0 to 1
 */
export function stepConcept(
  before: ConceptState,
  reference: readonly number[],
  current: readonly number[],
  settings: ConceptSettings = {},
): ConceptState {
  const baseline = baselineOf(reference, current, settings);
  const offset = limitOf(baseline, settings);
  let { maxLog, blocks } = before;
  let comparison = { ...NO_EVIDENCE, rollback: before.logs };
  for (const block of blocksOf(current)) {
    blocks++;
    const started = Math.min(STARTS, 1 + Math.floor(Math.log2(blocks)));
    const counts = { n0: 1, x0: 0.5, n1: block.length, x1: sum(block) };
    comparison = stepComparison(comparison, counts, { boundary: { ratio: FLAT, offset }, started });
    maxLog = Math.max(maxLog, rollbackLogE(comparison));
  }
  return {
    logs: comparison.rollback,
    rise: stepPageHinkley(before.rise, current, baseline),
    blocks,
    labels: before.labels + current.length,
    errors: before.errors + sum(current),
    maxLog,
  };
}

/** The slope of a boundary that is the same whatever the other arm's rate is. */
const FLAT = 1e-12;

/** What can be said by now. Half of alpha is for the e-value, half for the uncertainty of the reference's own rate. */
export function renderConcept(
  state: ConceptState,
  reference: readonly number[],
  settings: ConceptSettings = {},
): ConceptReport {
  const { alpha = 0.05, rise = 0.05 } = settings;
  const baseline = baselineOf(reference, [], settings);
  const limit = limitOf(baseline, settings);
  const threshold = Math.log(2 / alpha);
  // The stake is divided: on the first start and an alternative near the truth lies at least a twentieth of it.
  const labelsNeeded = Math.ceil((threshold + Math.log(20)) / divergence(Math.min(1, limit + rise), limit));
  const shownBy = [
    ...(state.maxLog >= threshold ? (["eValue"] as const) : []),
    ...(state.rise.highest >= ALARM_HEIGHT ? (["pageHinkley"] as const) : []),
  ];
  return {
    verdict: shownBy.length > 0 ? "drifted" : state.labels < labelsNeeded ? "tooFewLabels" : "steady",
    shownBy,
    labels: state.labels,
    labelsNeeded,
    referenceRate: baseline.mean,
    currentRate: state.labels === 0 ? null : state.errors / state.labels,
    limit,
    logE: state.maxLog,
    threshold,
    p: Math.min(1, 2 * anytimeP(state.maxLog)),
    height: state.rise.highest,
    alarmHeight: ALARM_HEIGHT,
  };
}

function baselineOf(
  reference: readonly number[],
  current: readonly number[],
  { margin = 0.01 }: ConceptSettings,
): Baseline {
  if (reference.length === 0) throw new RangeError("outcomes of the reference: saw none; at least one is needed");
  const odd = [...reference, ...current].find((outcome) => !(outcome >= 0 && outcome <= 1));
  if (odd !== undefined) throw new RangeError(`outcomes: saw ${odd}; allowed is 0 to 1`);
  const mean = sum(reference) / reference.length;
  const variance = reference.reduce((total, outcome) => total + (outcome - mean) ** 2, 0) / reference.length;
  // A version that was never wrong, or always, would make its first change infinitely large.
  const least = 1 / Math.sqrt(reference.length + 1);
  return { mean, sd: Math.max(least, Math.sqrt(variance)), units: reference.length, margin };
}

const HALVINGS = 60;

/**
 * The highest rate that still counts as the reference's: Chernoff's upper confidence limit at half of alpha, and the
 * margin. Source: Hoeffding, "Probability inequalities for sums of bounded random variables" (JASA 58, 1963), theorem 1.
 */
function limitOf({ mean, units, margin }: Baseline, { alpha = 0.05 }: ConceptSettings): number {
  const [, highest] = halve([mean, 1], (rate) => units * divergence(mean, rate) < Math.log(2 / alpha), HALVINGS);
  return Math.min(1, highest + margin);
}

function blocksOf(outcomes: readonly number[]): readonly (readonly number[])[] {
  const size = Math.max(LEAST_BLOCK, Math.ceil(outcomes.length / BLOCKS_PER_PERIOD));
  return Array.from({ length: Math.ceil(outcomes.length / size) }, (_, i) => outcomes.slice(i * size, (i + 1) * size));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** How often drift is said where there is none, and how often none where there is: on drawn windows, seeded. */

import { cellsOf, decileBounds } from "../../../components/drift/bins.ts";
import { psi } from "../../../components/drift/distance.ts";
import {
  type Column,
  columnOf,
  compareWindows,
  type Labelled,
  outcomesOf,
  renderConcept,
  startConcept,
  stepConcept,
  type Value,
  type Window,
} from "../../../components/drift/index.ts";
import { type Random, seeded } from "../../analysis/random-traffic.ts";
import { type Figure, figure, told } from "../figure.ts";

/** How many pairs of windows are drawn: the sizes up to 500 rows, those of 10,000, and the series of labels. */
export interface DriftRuns {
  readonly small: number;
  readonly large: number;
  readonly labelled: number;
}

const FULL: DriftRuns = { small: 2000, large: 400, labelled: 400 };

/** The figures of drift, with their bars. About a minute in full. */
export function measureDrift(runs: DriftRuns = FULL): readonly Figure[] {
  return [
    ...[50, 100, 500].map((rows) => falseAlarms(rows, runs.small)),
    falseAlarms(10_000, runs.large),
    missed(runs.large),
    ...[50, 500].map((rows) => plainPsi(rows, runs.small)),
    ...conceptFigures(runs.labelled),
  ];
}

/** Share of pairs of windows from one distribution in which any of eight features is said to drift. */
function falseAlarms(rows: number, runs: number): Figure {
  const alarms = count(runs, (run) => {
    const random = seeded(1_000_000 + rows * 10_000 + run);
    const { features } = compareWindows(drawWindow(random, rows), drawWindow(random, rows));
    return features.some(({ level }) => level !== "none");
  });
  const detail = `${runs} pairs of windows of ${rows} rows without drift, eight features each; any of them counts`;
  return figure(`drift-false-alarm-${rows}`, (alarms / runs) * 100, "%", { atMost: 5 }, detail);
}

/** Share of pairs in which a shift of one of eight features by 0.3 standard deviations is not said. */
function missed(runs: number): Figure {
  const misses = count(runs, (run) => {
    const random = seeded(2_000_000 + run);
    const { features } = compareWindows(drawWindow(random, 10_000), drawWindow(random, 10_000, 0.3));
    return features.find(({ feature }) => feature === "amount")?.level === "none";
  });
  const detail = `${runs} pairs of 10,000 rows, one of eight features shifted by 0.3 standard deviations`;
  return figure("drift-missed", (misses / runs) * 100, "%", { atMost: 1 }, detail);
}

/** What the usual rule (PSI over ten bins above 0.1) says of the same windows, for one feature. */
function plainPsi(rows: number, runs: number): Figure {
  const alarms = count(runs, (run) => {
    const random = seeded(3_000_000 + rows * 10_000 + run);
    const draw = (): Float64Array => Float64Array.from({ length: rows }, () => normal(random)).sort();
    const [reference, current] = [draw(), draw()];
    return psi(cellsOf(decileBounds(reference), reference, current)) > 0.1;
  });
  const detail = `for comparison: PSI over the deciles above 0.1, one feature without drift, ${runs} pairs of ${rows} rows`;
  return told(`drift-false-alarm-${rows}-plain-psi`, (alarms / runs) * 100, "%", detail);
}

function conceptFigures(runs: number): readonly Figure[] {
  const drifted = (rate: number): number =>
    count(runs, (run) => {
      const random = seeded(4_000_000 + run);
      const reference = labelled(random, 5000, 0.1);
      const { reference: before, current } = outcomesOf("category", reference, labelled(random, 5000, rate));
      return renderConcept(stepConcept(startConcept(), before, current), before).verdict === "drifted";
    });
  const of = `${runs} series of 5,000 labels, 10 % errors on 5,000 of the reference`;
  return [
    figure(
      "drift-concept-false-alarm",
      (drifted(0.11) / runs) * 100,
      "%",
      { atMost: 5 },
      `${of}, 11 % since: the margin`,
    ),
    figure("drift-concept-missed", (1 - drifted(0.15) / runs) * 100, "%", { atMost: 1 }, `${of}, 15 % since`),
  ];
}

const count = (runs: number, isHit: (run: number) => boolean): number =>
  Array.from({ length: runs }, (_, run) => isHit(run)).filter((hit) => hit).length;

/** Eight features as tables have them: bell-shaped, skewed, with ties, few-valued, with gaps, and categories of all kinds. */
function drawWindow(random: Random, rows: number, shift = 0): Window {
  const column = (kind: Column["kind"], draw: () => Value): Column =>
    columnOf(
      Array.from({ length: rows }, () => draw()),
      kind,
    );
  const oneOf = (names: readonly string[], skew: number): string =>
    names[Math.floor(names.length * random() ** skew)] ?? "";
  return new Map([
    ["amount", column("number", () => normal(random) + shift)],
    ["income", column("number", () => Math.exp(normal(random)))],
    ["age", column("number", () => Math.round(18 + 60 * random()))],
    ["score", column("number", () => (random() < 0.05 ? null : random()))],
    ["children", column("number", () => Math.floor(4 * random() ** 2))],
    ["region", column("category", () => oneOf(REGIONS, 1.5))],
    ["returning", column("category", () => (random() < 0.3 ? "yes" : "no"))],
    ["city", column("category", () => oneOf(CITIES, 4))],
  ]);
}

const REGIONS = Array.from({ length: 8 }, (_, i) => `region ${i}`);
const CITIES = Array.from({ length: 300 }, (_, i) => `city ${i}`);

function labelled(random: Random, rows: number, errorRate: number): Labelled {
  const labels = Array.from({ length: rows }, () => (random() < 0.4 ? "yes" : "no"));
  const predictions = labels.map((label) => (random() < errorRate === (label === "yes") ? "no" : "yes"));
  return { labels, predictions };
}

/** Box and Muller's transform. */
const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

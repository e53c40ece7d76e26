import type { Path } from "../../analysis/index.ts";
import { heading, LEFT, RIGHT, rows, type Section, type Time, timeAxis } from "./frame.ts";
import { linear, powerTicks, renderE } from "./scale.ts";
import { type SideLabel, sideLabels } from "./side-labels.ts";
import { element, pathThrough, rule } from "./svg.ts";
import { shorten } from "./text.ts";

/** A log e-value over time. */
export interface Curve {
  readonly name: string;
  readonly look: string;
  readonly log: number;
  /** Points of time in s and log e-value. */
  readonly points: readonly (readonly [seconds: number, log: number])[];
}

/** What a curve has to reach. */
export interface Threshold {
  readonly log: number;
  readonly text: string;
  readonly look: string;
}

const HEIGHT = 190;
/** Of a guard, in characters: what fits beside the curves. */
const LONGEST_NAME = 20;

/** Curves of e-values against their thresholds. A curve that leaves the picture is named at the edge where it left. */
export function curves(
  top: number,
  words: { readonly title: string; readonly meaning: string; readonly id: string },
  {
    time,
    drawn,
    thresholds,
  }: { readonly time: Time; readonly drawn: readonly Curve[]; readonly thresholds: readonly Threshold[] },
): Section {
  const [from, to] = [top + 36, top + 36 + HEIGHT];
  const range = rangeOf(drawn, Math.max(...thresholds.map(({ log }) => log)));
  const place = linear(range, [to, from]);
  const within = (log: number): number => Math.min(to - 3, Math.max(from + 3, place(log)));
  const names: readonly SideLabel[] = drawn.map(({ name, look, log }) => ({
    ...{ y: within(log), value: log, look },
    text: `${shorten(name, LONGEST_NAME)} ${renderE(log)}`,
  }));
  const limits: readonly SideLabel[] = thresholds.map(({ log, text, look }) => ({
    ...{ y: place(log), value: log, look, text },
  }));
  const lines = drawn.map(({ look, points }) =>
    element("path", {
      class: `curve ${look}`,
      d: pathThrough([[0, 0] as const, ...points].map(([s, log]) => [time.place(s), place(log)])),
    }),
  );
  const clip = `mlc-${words.id}`;
  const markup = [
    heading(top, words.title, words.meaning),
    element("clipPath", { id: clip }, element("rect", { x: LEFT, y: from, width: RIGHT - LEFT, height: HEIGHT })),
    rows(powerTicks(...range), place),
    timeAxis(time, from, to),
    element("g", { "clip-path": `url(#${clip})` }, ...lines),
    thresholds.map(({ log, look }) => rule(LEFT, place(log), RIGHT, place(log), `threshold ${look}`)).join(""),
    sideLabels([...limits, ...names], RIGHT, [from, to]),
  ];
  return { markup: markup.join(""), bottom: to + 26 };
}

/** The threshold stands high in the picture; how far beyond a curve goes is said by its name. */
function rangeOf(drawn: readonly Curve[], threshold: number): readonly [least: number, most: number] {
  const logs = drawn.flatMap(({ points }) => points.map(([, log]) => log));
  const least = logs.reduce((a, b) => Math.min(a, b), 0);
  const most = logs.reduce((a, b) => Math.max(a, b), 0);
  return [
    Math.max(least, -threshold) - threshold * 0.08,
    Math.max(threshold * 1.3, Math.min(most * 1.05, threshold * 2.5)),
  ];
}

/** A path over intervals as points of time. @param ends when each interval ended, in s */
export const pointsOf = ({ points }: Path, ends: readonly number[]): Curve["points"] =>
  points.map(([interval, log]) => [ends[interval] ?? 0, log]);

import { type Scale, type Tick, timeTicks } from "./scale.ts";
import { label, type Markup, rule } from "./svg.ts";

/** Where curves are drawn: between the numbers on the left and the names on the right. */
export const LEFT = 84;
/** As `LEFT`, its other end. */
export const RIGHT = 730;
/** Width of the whole drawing. */
export const WIDTH = 960;
/** Where headings begin. */
export const MARGIN = 28;

/** A picture's section: what is drawn, and where it ends. */
export interface Section {
  readonly markup: Markup;
  readonly bottom: number;
}

/** The time of a rollout: how long it was counted, and where it changed to another step. */
export interface Time {
  readonly seconds: number;
  /** When each step after the first began, in s. */
  readonly changes: readonly number[];
  readonly place: Scale;
}

/** Heading of a section, and what it shows in a sentence. */
export const heading = (y: number, title: string, meaning: string): Markup =>
  label(MARGIN, y, "heading", title) + label(MARGIN, y + 18, "muted", meaning);

/** The numbers of an axis, each with a line across. */
export const rows = (ticks: readonly Tick[], place: Scale): Markup =>
  ticks
    .map(({ value, text }) => {
      const y = place(value);
      return rule(LEFT, y, RIGHT, y, "grid") + label(LEFT - 8, y + 4, "tick end", text);
    })
    .join("");

/** The steps as lines down, and the time below. */
export function timeAxis({ seconds, changes, place }: Time, top: number, bottom: number): Markup {
  const steps = changes.map((at) => rule(place(at), top, place(at), bottom, "step")).join("");
  const times = timeTicks(seconds).map(
    ({ value, text }) =>
      rule(place(value), bottom, place(value), bottom + 4, "axis") + label(place(value), bottom + 19, "tick mid", text),
  );
  return steps + rule(LEFT, bottom, RIGHT, bottom, "axis") + times.join("");
}

import { label, type Markup, rule } from "./svg.ts";

/** The name of a curve, at the height of its end. */
export interface SideLabel {
  readonly y: number;
  /** What orders labels of one height: the highest stands on top. */
  readonly value: number;
  readonly text: string;
  readonly look: string;
}

const LINE_HEIGHT = 16;

/** Labels beside the ends of curves, moved apart where they would lie on each other, and led to their curve. */
export function sideLabels(labels: readonly SideLabel[], x: number, [top, bottom]: readonly [number, number]): Markup {
  const sorted = labels.toSorted((a, b) => a.y - b.y || b.value - a.value);
  const places = spread(
    sorted.map(({ y }) => y),
    top,
    bottom,
  );
  return sorted
    .map(({ y, text, look }, i) => {
      const place = places[i] ?? y;
      return rule(x, y, x + 14, place, `lead ${look}`) + label(x + 18, place + 4, `name ${look}`, text);
    })
    .join("");
}

/** Heights, in rising order, at least a line apart, between the two ends as far as they have room. */
export function spread(heights: readonly number[], top: number, bottom: number): readonly number[] {
  const down: number[] = [];
  for (const height of heights) down.push(Math.max(height, (down.at(-1) ?? top - LINE_HEIGHT) + LINE_HEIGHT));
  const up: number[] = [];
  for (const height of down.toReversed()) up.push(Math.min(height, (up.at(-1) ?? bottom + LINE_HEIGHT) - LINE_HEIGHT));
  return up.toReversed();
}

import {
  asCategories,
  type Bounds,
  type Cells,
  categoryCells,
  cellsOf,
  evenBounds,
  isCategorical,
} from "../../../components/drift/index.ts";
import type { Feature } from "./comparison.ts";

/** One pair of bars: the share of the rows of each side that lie in a cell. */
export interface Bar {
  readonly label: string;
  readonly reference: number;
  readonly current: number;
}

const NUMBER_BARS = 20;
const CATEGORY_BARS = 12;

/** A feature's two distributions, cell by cell: numbers by value, categories by their rows, the rare ones as one. */
export function distributionOf({ before, now }: Pick<Feature, "before" | "now">): readonly Bar[] {
  if (before.kind === "number" && now.kind === "number" && !isCategorical(before)) {
    const bounds = evenBounds(before.values, NUMBER_BARS);
    return toBars(cellsOf(bounds, before.values, now.values), labelBounds(bounds));
  }
  const [reference, current] = [asCategories(before), asCategories(now)];
  const names = [...new Set([...reference.counts.keys(), ...current.counts.keys()])];
  const cells = categoryCells(reference, current);
  const bars = toBars(cells, names).toSorted((a, b) => b.reference + b.current - a.reference - a.current);
  if (bars.length <= CATEGORY_BARS) return bars;
  const rare = bars.slice(CATEGORY_BARS - 1);
  const sum = (side: "reference" | "current"): number => rare.reduce((all, bar) => all + bar[side], 0);
  const others: Bar = { label: `${rare.length} others`, reference: sum("reference"), current: sum("current") };
  return [...bars.slice(0, CATEGORY_BARS - 1), others];
}

function toBars({ reference, current }: Cells, labels: readonly string[]): readonly Bar[] {
  const total = (counts: readonly number[]): number =>
    Math.max(
      1,
      counts.reduce((sum, count) => sum + count, 0),
    );
  const [n, m] = [total(reference), total(current)];
  return labels.map((label, i) => ({ label, reference: (reference[i] ?? 0) / n, current: (current[i] ?? 0) / m }));
}

function labelBounds(bounds: Bounds): readonly string[] {
  const texts = bounds.map((bound) => String(Number(bound.toPrecision(3))));
  return [...texts.map((text) => `≤ ${text}`), `> ${texts.at(-1) ?? ""}`];
}

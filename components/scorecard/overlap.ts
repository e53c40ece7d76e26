import type { ModelScore } from "./score.ts";

/** Overlap from which on two models do the same. */
export const HIGH_OVERLAP = 0.8;

/** A model whose work another one does better. */
export interface Consolidation {
  /** The healthier of both, which stays. */
  readonly into: string;
  readonly overlap: number;
  /** Value over cost of both as they are, and of the one that stays with the part of the value that overlaps. Both finite. */
  readonly valuePerCostApart: number;
  readonly valuePerCostTogether: number;
}

/**
 * The healthiest model that this one can be folded into: both do the same for the same input, and the one that stays brings
 * more for its cost than both do now. The value that does not overlap is counted as lost.
 * @param stays models that stay, none less healthy than this one, the healthiest first
 */
export const consolidationOf = (model: ModelScore, stays: readonly ModelScore[]): Consolidation | null =>
  stays
    .filter((other) => doTheSame(model, other))
    .flatMap((other) => consolidate(model, other) ?? [])
    .at(0) ?? null;

const doTheSame = ({ last: a }: ModelScore, { last: b }: ModelScore): boolean =>
  a.task !== undefined && a.task === b.task && a.inputSchema !== undefined && a.inputSchema === b.inputSchema;

function consolidate(model: ModelScore, other: ModelScore): Consolidation | null {
  const overlap = overlapOf(model, other);
  const [own, theirs] = [model.last, other.last];
  if (overlap < HIGH_OVERLAP || own.cost === undefined || theirs.cost === undefined) return null;
  if (own.value === undefined || theirs.value === undefined || own.cost === 0 || theirs.cost === 0) return null;
  const valuePerCostApart = (own.value + theirs.value) / (own.cost + theirs.cost);
  const valuePerCostTogether = (theirs.value + overlap * own.value) / theirs.cost;
  if (valuePerCostTogether <= valuePerCostApart) return null;
  return { into: other.model, overlap, valuePerCostApart, valuePerCostTogether };
}

/** Either of both may say it. */
function overlapOf(model: ModelScore, other: ModelScore): number {
  const said = [
    model.last.overlapsWith === other.model ? (model.last.overlap ?? 0) : 0,
    other.last.overlapsWith === model.model ? (other.last.overlap ?? 0) : 0,
  ];
  return Math.max(...said);
}

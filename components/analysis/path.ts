/** A curve over intervals, kept short however long it runs. A point is [interval, log e-value]. */
export interface Path {
  /** Intervals per point. */
  readonly stride: number;
  readonly points: readonly (readonly [interval: number, log: number])[];
}

const MAX_POINTS = 200;

/** The curve before the first interval. */
export const EMPTY_PATH: Path = { stride: 1, points: [] };

/** The path with one more interval. Of the intervals that share a point the highest stays: a peak is what decides. */
export function extendPath({ stride, points }: Path, interval: number, log: number): Path {
  const last = points.at(-1);
  const point: Path["points"][number] = [interval, log];
  const isApart = last === undefined || Math.floor(last[0] / stride) !== Math.floor(interval / stride);
  if (!isApart && log <= last[1]) return { stride, points };
  const extended = isApart ? [...points, point] : [...points.slice(0, -1), point];
  return extended.length <= MAX_POINTS
    ? { stride, points: extended }
    : { stride: stride * 2, points: merge(extended, stride * 2) };
}

function merge(points: Path["points"], stride: number): Path["points"] {
  const merged: (readonly [number, number])[] = [];
  for (const point of points) {
    const last = merged.at(-1);
    if (last === undefined || Math.floor(last[0] / stride) !== Math.floor(point[0] / stride)) merged.push(point);
    else if (point[1] > last[1]) merged[merged.length - 1] = point;
  }
  return merged;
}

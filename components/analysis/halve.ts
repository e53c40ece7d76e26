/**
 * Narrows a range around the place where something changes, by halving it.
 * @param isBelow whether a value lies below that place @param times how often it is halved
 * @returns the range that is left
 */
export function halve(
  range: readonly [low: number, high: number],
  isBelow: (value: number) => boolean,
  times = 40,
): readonly [low: number, high: number] {
  let [low, high] = range;
  for (let i = 0; i < times; i++) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return [low, high];
}

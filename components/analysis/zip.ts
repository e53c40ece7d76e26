/** Two lists that describe the same things in the same order, side by side. */
export function zip<A, B>(as: readonly A[], bs: readonly B[]): readonly (readonly [A, B])[] {
  const pairs: (readonly [A, B])[] = [];
  for (const [i, a] of as.entries()) {
    const b = bs[i];
    if (b !== undefined) pairs.push([a, b]);
  }
  return pairs;
}

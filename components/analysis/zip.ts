/** Two lists that describe the same things in the same order, side by side. */
export function zip<A, B>(as: readonly A[], bs: readonly B[]): readonly (readonly [A, B])[] {
  return as.flatMap((a, i) => {
    const b = bs[i];
    return b === undefined ? [] : [[a, b] as const];
  });
}

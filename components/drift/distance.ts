/** How far apart two sets of counts over the same cells are. 0 is the same shares; none of them looks at a size. */

/** Counts of the reference and of the current window, cell by cell: both have the same length, and no cell is negative. */
export interface Cells {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/** The sum of counts. */
export const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/**
 * Population stability index Σ (q-p) ln(q/p), 0 or more. Where a cell is empty on either side, every cell of both counts
 * half a unit more: an index of infinity says nothing.
 */
export function psi(cells: Cells): number {
  const empty = cells.reference.includes(0) || cells.current.includes(0);
  const [p, q] = [shares(cells.reference, empty ? 0.5 : 0), shares(cells.current, empty ? 0.5 : 0)];
  return p.reduce((sum, share, i) => {
    const other = q[i] ?? 0;
    return share === other ? sum : sum + (other - share) * Math.log(other / share);
  }, 0);
}

/**
 * What the index comes to by chance alone for each degree of freedom: 1/n + 1/m. Without drift, PSI / noise is
 * approximately chi-square with (cells - 1) degrees of freedom. Source: Yurdakul and Naranjo, "Statistical properties of
 * the population stability index" (Journal of Risk Model Validation 14, 2020).
 */
export const psiNoise = ({ reference, current }: Cells): number => 1 / total(reference) + 1 / total(current);

/** The index less what chance alone brings, 0 or more: what is left is drift, whatever the size of the windows. */
export const correctedPsi = (cells: Cells): number =>
  Math.max(0, psi(cells) - (cells.reference.length - 1) * psiNoise(cells));

/** Jensen–Shannon distance in natural logarithms: from 0 to sqrt(ln 2) = 0.8326, the square root of the divergence. */
export function jensenShannon({ reference, current }: Cells): number {
  const [p, q] = [shares(reference, 0), shares(current, 0)];
  const towards = (share: number, middle: number): number => (share > 0 ? share * Math.log(share / middle) : 0);
  const divergence = p.reduce((sum, share, i) => {
    const other = q[i] ?? 0;
    const middle = (share + other) / 2;
    return sum + (towards(share, middle) + towards(other, middle)) / 2;
  }, 0);
  return Math.sqrt(Math.max(0, divergence));
}

function shares(counts: readonly number[], more: number): readonly number[] {
  const sum = total(counts) + more * counts.length;
  return counts.map((count) => (sum === 0 ? 0 : (count + more) / sum));
}

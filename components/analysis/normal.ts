import { halve } from "./halve.ts";

const SERIES_TERMS = 200;

/** The chance that a standard normal variable lies below `z`, by the series of https://dlmf.nist.gov/7.6#E2. @param z -6 to 6 */
function normalBelow(z: number): number {
  let term = z;
  let sum = z;
  for (let n = 1; n < SERIES_TERMS; n++) {
    term *= (z * z) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + (Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}

const BISECTIONS = 50;

/** The value that a standard normal variable stays below with this chance: 0 for 0.5, 1.645 for 0.95. @param chance 0.5 up to 0.999999 */
export function normalQuantile(chance: number): number {
  const [low, high] = halve([0, 6], (z) => normalBelow(z) < chance, BISECTIONS);
  return (low + high) / 2;
}

/** Tails of the distributions that drift's tests are read from. */
import { logGamma } from "../analysis/share.ts";

const PRECISION = 1e-16;
const MOST_TERMS = 10_000;

/**
 * Chance that a chi-square variable lies above `x`: the regularised upper incomplete gamma function Q(df/2, x/2), by its
 * series below the mean and by Lentz's continued fraction above it. Source: https://dlmf.nist.gov/8.11 and 8.9.
 * @param x 0 or more
 * @param df degrees of freedom, 1 or more; with 0 nothing can differ, and the chance is 1
 */
export function chiSquareTail(x: number, df: number): number {
  if (df === 0 || x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const [a, z] = [df / 2, x / 2];
  const front = Math.exp(a * Math.log(z) - z - logGamma(a));
  return z < a + 1 ? 1 - front * lowerSeries(a, z) : front * upperFraction(a, z);
}

function lowerSeries(a: number, z: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MOST_TERMS && term > sum * PRECISION; n++) {
    term *= z / (a + n);
    sum += term;
  }
  return sum;
}

function upperFraction(a: number, z: number): number {
  const tiny = 1e-300;
  let b = z + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let product = d;
  for (let n = 1; n < MOST_TERMS; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (Math.abs(numerator * d + b) < tiny ? tiny : numerator * d + b);
    c = Math.abs(b + numerator / c) < tiny ? tiny : b + numerator / c;
    product *= d * c;
    if (Math.abs(d * c - 1) < PRECISION * 4) break;
  }
  return product;
}

/**
 * Chance that Kolmogorov's limit distribution lies above `x`: 2 Σ (-1)^(k-1) exp(-2k²x²), and for small x the same value
 * by Jacobi's theta function, whose terms shrink where those of the first do not.
 */
export function kolmogorovTail(x: number): number {
  if (x <= 0) return 1;
  if (x < 0.8) {
    const terms = [1, 3, 5, 7].map((k) => Math.exp((-(k * k) * Math.PI ** 2) / (8 * x * x)));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * terms.reduce((sum, term) => sum + term, 0);
  }
  const terms = [1, 2, 3, 4, 5, 6].map((k) => (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x));
  return Math.min(
    1,
    terms.reduce((sum, term) => sum + term, 0),
  );
}

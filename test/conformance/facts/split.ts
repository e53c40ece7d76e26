/** As rare as five standard deviations of a normal distribution on one side. */
const RARE = 2.866_515_718_791_939e-7;

/** ln of n!, summed: n is some thousands here. */
function logFactorial(n: number): number {
  let sum = 0;
  for (let i = 2; i <= n; i++) sum += Math.log(i);
  return sum;
}

/** The probability of at least `k` of `n` at `share` each: exact, not by a normal distribution. */
function atLeast(k: number, n: number, share: number): number {
  if (k <= 0) return 1;
  if (share === 0) return 0;
  if (share === 1) return 1;
  let log =
    logFactorial(n) - logFactorial(k) - logFactorial(n - k) + k * Math.log(share) + (n - k) * Math.log1p(-share);
  let sum = 0;
  for (let i = k; i <= n; i++) {
    sum += Math.exp(log);
    log += Math.log((n - i) / (i + 1)) + Math.log(share) - Math.log1p(-share);
  }
  return Math.min(1, sum);
}

/**
 * Whether `k` of `n` can be what a weight gives: independent draws would miss it once in 3.5 million on either side. Draws
 * without replacement scatter less, and pass all the more.
 * @param weight basis points
 */
export function fits(k: number, n: number, weight: number): boolean {
  const share = weight / 10_000;
  return atLeast(k, n, share) >= RARE && atLeast(n - k, n, 1 - share) >= RARE;
}

/** Numbers from 0 up to 1, one a call. */
export type Random = () => number;

/** Numbers that a name and a number repeat: sfc32 of PractRand, whose streams do not run into each other. */
export function seeded(name: string, number: number): Random {
  let [a, b, c, counter] = [number | 0, 0x9e3779b9 | 0, 0, 1];
  for (const letter of name) c = (Math.imul(c ^ letter.charCodeAt(0), 0x01000193) + 0x811c9dc5) | 0;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let mixed = 0; mixed < 12; mixed++) next();
  return next;
}

/** How many of `n` units show an event of probability `p`. Exact: by inversion where few are expected, by rejection else. */
export function binomial(random: Random, n: number, p: number): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  return n * p < 10 ? inverted(random, n, p) : rejected(random, n, p);
}

/** How many of `drawn` units, drawn from `n` without putting back, are among the `events` of them. */
export function hypergeometric(
  random: Random,
  { n, events, drawn }: { readonly n: number; readonly events: number; readonly drawn: number },
): number {
  let hit = 0;
  for (let i = 0; i < events; i++) if (random() * (n - i) < drawn - hit) hit++;
  return hit;
}

/** How many arrive where `mean` are expected: of so many that could, few do. */
export const poisson = (random: Random, mean: number): number => binomial(random, 2 ** 30, mean / 2 ** 30);

/** A standard normal number (Box and Muller). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Adds up probabilities from 0 on until they exceed one uniform number. */
function inverted(random: Random, n: number, p: number): number {
  const odds = p / (1 - p);
  let probability = Math.exp(n * Math.log1p(-p));
  let left = random();
  let k = 0;
  while (left > probability && k < n) {
    left -= probability;
    k++;
    probability *= (odds * (n - k + 1)) / k;
  }
  return k;
}

/** BTRS of Hörmann, "The generation of binomial random variates" (1993): transformed rejection with a squeeze. */
function rejected(random: Random, n: number, p: number): number {
  const odds = p / (1 - p);
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor((n + 1) * p);
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const edge = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / edge + b) * u + n * p + 0.5);
    if (edge >= 0.07 && v <= 0.92 - 4.2 / b) return k;
    if (k < 0 || k > n) continue;
    const ratio =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
      (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
      (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
      (tailOfStirling(mode) + tailOfStirling(n - mode) - tailOfStirling(k) - tailOfStirling(n - k));
    if (Math.log((v * alpha) / (a / (edge * edge) + b)) <= ratio) return k;
  }
}

/** What Stirling's formula for ln k! leaves out, with k + 1 for k; its series is exact enough from 10 on. */
function tailOfStirling(k: number): number {
  const small = SMALL_TAILS[k];
  if (small !== undefined) return small;
  const square = (k + 1) * (k + 1);
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1);
}

const SMALL_TAILS: readonly number[] = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.020790672103765, 0.0166446911898211, 0.0138761288230707,
  0.0118967099458917, 0.010411265261972, 0.0092554621827127, 0.0083305634333594,
];

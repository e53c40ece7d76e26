import { hypergeometric } from "../draw.ts";
import type { Rival } from "./rival.ts";

/** What `NetflixACAJudge` gives its classifier: `confLevel = 0.98`, `tolerance = 0.25` of the estimated shift. */
const CRITICAL = 2.3263479;
const TOLERANCE = 0.25;
const BISECTIONS = 40;

/** Minutes in a window, and how many of the latest are compared. */
const WINDOW = 30;

/**
 * Kayenta's verdict that a metric is too high: the confidence interval of the Mann-Whitney shift lies above a quarter of
 * its estimate, and the mean is not lower (`allowedIncrease` of 1). Source: MannWhitneyClassifier.scala and
 * NetflixACAJudge.scala in kayenta-judge, MannWhitney.scala in kayenta-mannwhitney of spinnaker/kayenta (a69573b,
 * 2025-04-08).
 */
export function isHigh(canary: readonly number[], control: readonly number[]): boolean {
  const both = [...canary, ...control];
  if (new Set(both).size === 1) return false;
  if (`${canary.toSorted((a, b) => a - b)}` === `${control.toSorted((a, b) => a - b)}`) return false;
  if (!(deviation(canary, control, 0) > CRITICAL)) return false;
  const range = [Math.min(...canary) - Math.max(...control), Math.max(...canary) - Math.min(...control)] as const;
  const lower = shiftAt(canary, control, CRITICAL, range);
  const estimate = shiftAt(canary, control, 0, range);
  const [mean1, mean0] = [meanOf(canary), meanOf(control)];
  return lower > TOLERANCE * Math.abs(estimate) && (mean1 === 0 || mean0 === 0 || mean1 >= mean0);
}

/**
 * Kayenta against a baseline that gets as much traffic as the canary, as its
 * docs/instrumenting-application-metrics-for-kayenta.md has it: so many of stable's requests are drawn. The last 30
 * minutes, asked every 30; minutes and window are ours.
 */
export const kayenta: Rival = {
  name: "Kayenta Mann-Whitney, windows of 30 min",
  watch: (random) => {
    let canary: readonly number[] = [];
    let control: readonly number[] = [];
    let minutes = 0;
    return ({ n0, x0, n1, x1 }) => {
      canary = [...canary.slice(1 - WINDOW), n1 > 0 ? x1 / n1 : 0];
      const baseline = Math.min(n0, n1);
      const failed = hypergeometric(random, { n: n0, events: x0, drawn: baseline });
      control = [...control.slice(1 - WINDOW), baseline > 0 ? failed / baseline : 0];
      minutes++;
      return minutes % WINDOW === 0 && isHigh(canary, control);
    };
  },
};

/** The shift at which the standardised rank sum has this value; it falls with the shift. */
function shiftAt(
  canary: readonly number[],
  control: readonly number[],
  value: number,
  [from, to]: readonly [number, number],
): number {
  let [low, high] = [from, to];
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (deviation(canary, control, middle) > value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The rank sum of the canary, shifted down, in standard deviations from what chance gives it; corrected for ties and continuity. */
function deviation(canary: readonly number[], control: readonly number[], shift: number): number {
  const [n1, n0] = [canary.length, control.length];
  const all = [
    ...canary.map((value) => ({ value: value - shift, isCanary: true })),
    ...control.map((value) => ({ value, isCanary: false })),
  ].toSorted((a, b) => a.value - b.value);
  let [ranks, ties] = [0, 0];
  for (let at = 0; at < all.length; ) {
    let end = at;
    while (end < all.length && all[end]?.value === all[at]?.value) end++;
    const count = end - at;
    ranks += ((at + 1 + end) / 2) * all.slice(at, end).filter(({ isCanary }) => isCanary).length;
    ties += count ** 3 - count;
    at = end;
  }
  const n = n1 + n0;
  const above = ranks - (n1 * (n1 + 1)) / 2 - (n1 * n0) / 2;
  const spread = Math.sqrt(((n1 * n0) / 12) * (n + 1 - ties / (n * (n - 1))));
  return spread === 0 ? 0 : (above - Math.sign(above) * 0.5) / spread;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

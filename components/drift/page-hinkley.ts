/**
 * A slow rise of a mean, too small in each period to be seen there: Page and Hinkley's cumulative sum.
 * Source: Page, "Continuous inspection schemes" (Biometrika 41, 1954).
 */

/** Plain data: survives JSON. */
export interface PageHinkley {
  readonly units: number;
  /** Sum of (value - mean) / sd - tolerance, above its lowest point so far: 0 or more, in standard deviations. */
  readonly height: number;
  /** The highest that it ever was. */
  readonly highest: number;
}

/** What values are held against. */
export interface Baseline {
  readonly mean: number;
  /** Above 0. */
  readonly sd: number;
  /** How many units the mean was taken from: the fewer, the more of a rise is put down to it. */
  readonly units: number;
  /** A rise that is tolerated, in the unit of the mean; 0 or more. */
  readonly margin: number;
}

/**
 * A rise of so many standard deviations is tolerated, where the margin is not wider; the reference's own error (two of its
 * standard errors) comes on top.
 */
const TOLERANCE = 0.05;

/**
 * The height that is an alarm. With the tolerance it sets how often there is one without cause: every
 * (exp(2δλ) - 1 - 2δλ) / (2δ²) = 4.4 million units on average (Brownian approximation; drawn: 5.3 million at a rate of 50 %,
 * 0.9 million at 1 %, which is skewed), where the often quoted δ = 0.005, λ = 50 would give one in 3,000. A rise of s standard
 * deviations is found after about λ / (s - δ) units.
 */
export const ALARM_HEIGHT = 100;

/** Before the first unit. */
export const NO_RISE: PageHinkley = { units: 0, height: 0, highest: 0 };

/** After more values, in the order in which they came. */
export function stepPageHinkley(before: PageHinkley, values: Iterable<number>, baseline: Baseline): PageHinkley {
  const tolerance = Math.max(TOLERANCE, baseline.margin / baseline.sd) + 2 / Math.sqrt(baseline.units);
  let { units, height, highest } = before;
  for (const value of values) {
    units++;
    height = Math.max(0, height + (value - baseline.mean) / baseline.sd - tolerance);
    highest = Math.max(highest, height);
  }
  return { units, height, highest };
}

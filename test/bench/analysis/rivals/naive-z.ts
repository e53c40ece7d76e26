import { LEAST_UNITS, type Rival, sumUp } from "./rival.ts";

/** The upper 5 % of a standard normal distribution. */
const CRITICAL = 1.6448536;

/** The textbook's one-sided test of two pooled proportions at 5 %, asked again each minute, as dashboards do it. */
export const naiveZ: Rival = {
  name: "z-test each minute",
  watch: () => {
    const add = sumUp();
    return (minute) => {
      const { n0, x0, n1, x1 } = add(minute);
      if (n1 < LEAST_UNITS || n0 === 0) return false;
      const pooled = (x0 + x1) / (n0 + n1);
      const error = Math.sqrt(Math.max(pooled * (1 - pooled), 1e-12) * (1 / n0 + 1 / n1));
      return (x1 / n1 - x0 / n0) / error > CRITICAL;
    };
  },
};

/**
 * Where a falling function crosses zero, to the last digits of a double. Regula falsi as the Illinois method does it
 * (Dowell and Jarratt, BIT 11, 1971): the end that stays twice counts half, so that both ends come closer.
 * @returns the end where it is zero already, or that it never crosses to
 */
export function crossing(falling: (value: number) => number, low: number, high: number): number {
  let above = low;
  let below = high;
  let atAbove = falling(low);
  let atBelow = falling(high);
  if (!(atAbove > 0)) return low;
  if (!(atBelow < 0)) return high;
  let moved = 0;
  for (let i = 0; i < MOST_STEPS && below - above > PRECISION * below; i++) {
    const line = (above * atBelow - below * atAbove) / (atBelow - atAbove);
    const between = line > above && line < below ? line : (above + below) / 2;
    const value = falling(between);
    if (value === 0) return between;
    if (value > 0) {
      if (moved > 0) atBelow /= 2;
      above = between;
      atAbove = value;
      moved = 1;
    } else {
      if (moved < 0) atAbove /= 2;
      below = between;
      atBelow = value;
      moved = -1;
    }
  }
  return (above + below) / 2;
}

/** More than it takes between any two rates: 8 as a rule. */
const MOST_STEPS = 100;
const PRECISION = 1e-15;

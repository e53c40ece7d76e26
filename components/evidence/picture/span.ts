const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
];

/** A span of time in its two largest units: `1 h 5 min`. */
export function renderSpan(seconds: number): string {
  const whole = Math.round(seconds);
  const first = UNITS.findIndex(([unit]) => whole >= unit);
  if (first < 0) return "0 s";
  const parts = UNITS.slice(first, first + 2).map(([unit, name], i) => {
    const count = Math.floor(i === 0 ? whole / unit : (whole % (UNITS[first]?.[0] ?? 1)) / unit);
    return count === 0 ? "" : `${count} ${name}`;
  });
  return parts.filter((part) => part !== "").join(" ");
}

/** Park and Miller's generator: the samples that oracle.py draws, to the last bit. */
function uniforms(seed: number, count: number): readonly number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  });
}

export function numbers(seed: number, count: number, shift: number): Float64Array {
  const draws = uniforms(seed, 3 * count);
  const at = (i: number): number => draws[i] ?? Number.NaN;
  const sums = Array.from({ length: count }, (_, i) => at(3 * i) + at(3 * i + 1) + at(3 * i + 2));
  return Float64Array.from(sums, (sum) => Math.round(sum * 1000 + shift) / 1000).sort();
}

export const categories = (seed: number, count: number, tilt: number): readonly string[] =>
  uniforms(seed, count).map((draw) => "abcdef"[Math.floor(6 * draw ** tilt)] ?? "");

/** Between two lines about work that takes minutes. */
export const PROGRESS_MILLISECONDS = 10_000;

/** Counts seconds; something is due to be said at the first question and then every ten seconds. */
export function stopwatch(): { seconds(): number; due(): boolean } {
  const start = performance.now();
  let next = start;
  return {
    seconds: () => Math.round((performance.now() - start) / 1000),
    due: () => {
      if (performance.now() < next) return false;
      next = performance.now() + PROGRESS_MILLISECONDS;
      return true;
    },
  };
}

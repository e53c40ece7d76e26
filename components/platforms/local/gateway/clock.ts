import { performance } from "node:perf_hooks";

export interface Clock {
  /** Wall clock, ms since 1970: shown, never subtracted. */
  readonly wall: () => number;
  /** Never jumps: what spans are measured with. */
  readonly monotonic: () => number;
}

export const systemClock: Clock = { wall: Date.now, monotonic: () => performance.now() };

/** The time now, RFC 3339. */
export const timestamp = (clock: Clock): string => new Date(clock.wall()).toISOString();

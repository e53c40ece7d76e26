import { performance } from "node:perf_hooks";

/** Two clocks: one for people, one for spans of time. */
export interface Clock {
  /** Wall clock, ms since 1970: shown, never subtracted. */
  readonly wall: () => number;
  /** Never jumps: what spans are measured with. */
  readonly monotonic: () => number;
}

/** The clocks of this machine. */
export const systemClock: Clock = { wall: Date.now, monotonic: () => performance.now() };

/** The time now, RFC 3339. */
export const timestamp = (clock: Clock): string => new Date(clock.wall()).toISOString();

import { type Figure, figure, told } from "../figure.ts";
import type { Random } from "./draw.ts";

/** What came of one simulated case: numbers by name, 1 for yes and 0 for no. */
export type Outcome = Readonly<Record<string, number>>;

/** Something that is simulated many times. Cases know nothing of each other: they run on all cores, in any order. */
export interface Scenario {
  /** Names it for `--only`. */
  readonly name: string;
  readonly cases: number;
  /** Simulates a case. @param index the case's number from 0, for scenarios that go through several settings in turn */
  readonly run: (random: Random, index: number) => Outcome;
  readonly figures: (outcomes: readonly Outcome[]) => readonly Figure[];
}

type Bar = Parameters<typeof figure>[3];

/** The 95 % confidence interval of a share (Wilson, 1927): it also holds where none or all were counted. */
export function shareInterval(count: number, of: number): readonly [low: number, high: number] {
  const z = 1.959964;
  const share = count / of;
  const centre = share + z ** 2 / (2 * of);
  const half = z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  const scale = 1 + z ** 2 / of;
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)];
}

/** A share of the cases, from 0 to 1, held against its bar when there is one. */
export function shareOf(
  name: string,
  outcomes: readonly Outcome[],
  key: string,
  bar: Bar | undefined,
  how: string,
): Figure {
  const count = outcomes.filter((outcome) => outcome[key] === 1).length;
  const [low, high] = shareInterval(count, outcomes.length);
  const detail = `${count} of ${outcomes.length}, 95 % interval ${low.toFixed(4)} to ${high.toFixed(4)}; ${how}`;
  const share = count / outcomes.length;
  return bar === undefined ? told(name, share, "share", detail) : figure(name, share, "share", bar, detail);
}

/** The values of a name. */
export const valuesOf = (outcomes: readonly Outcome[], key: string): readonly number[] =>
  outcomes.flatMap((outcome) => outcome[key] ?? []);

/** The outcomes of one of several settings that cases went through in turn. */
export const ofSetting = (outcomes: readonly Outcome[], setting: number): readonly Outcome[] =>
  outcomes.filter((outcome) => outcome.setting === setting);

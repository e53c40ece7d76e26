/** How often an arm has data, and since when it has none. */
export interface ArmPace {
  /** Its last units and the time that they took, in s; at most so many units that the pace follows the traffic. */
  readonly units: number;
  readonly seconds: number;
  /** Intervals without data since, and their length in s. */
  readonly silent: number;
  readonly silentSeconds: number;
}

/** Units that an arm's pace is taken from. */
const PACE_UNITS = 20;

/** A silence is none by chance when its chance is below 1 in 1,000: at a pace of one unit in t s, after t · ln(1000). */
const SILENT_PACES = Math.log(1000);

/** Nothing has come yet, and no time has passed. */
export const NO_PACE: ArmPace = { units: 0, seconds: 0, silent: 0, silentSeconds: 0 };

/** The pace after an interval. What comes after a silence took the silence as well. */
export function addPace(before: ArmPace, came: number, length: number): ArmPace {
  // What was known before the rollout has no length, and tells no pace.
  if (length === 0) return before;
  const { units, seconds, silent, silentSeconds } = before;
  if (came === 0) return { units, seconds, silent: silent + 1, silentSeconds: silentSeconds + length };
  const [sum, took] = [units + came, seconds + silentSeconds + length];
  const kept = Math.min(1, PACE_UNITS / sum);
  return { units: sum * kept, seconds: took * kept, silent: 0, silentSeconds: 0 };
}

/** Whether an arm has been silent for longer than chance explains, or always. */
export const isSilent = ({ units, seconds, silent, silentSeconds }: ArmPace, noDataAfter: number): boolean =>
  units === 0 || (silent >= noDataAfter && silentSeconds * units >= SILENT_PACES * seconds);

import type { TailBound } from "../analysis/index.ts";
import type { Guard } from "../guards/index.ts";
import type { Problem } from "../release/problems.ts";
import type { ClosedInterval } from "../rollout/index.ts";

/** A span of time by the source's own clock, in ms since 1970: `from` belongs to it, `to` does not. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** The two versions that are compared, by the names that the source has for them. */
export interface Arms {
  readonly stable: string;
  readonly candidate: string;
}

/** What is to be counted. */
export interface Question extends Arms {
  readonly guards: readonly Guard[];
  /** The rungs at which latency is counted, from `rungsAmong` the source's bounds; empty without a guard of latency. */
  readonly rungs: readonly TailBound[];
  /** The length of an interval in ms. A source whose intervals have a length of their own keeps it. */
  readonly intervalMs: number;
}

/** What was read, so that a verdict can be traced to it. */
export interface Trace extends Window {
  /** What was asked, as it can be asked again. */
  readonly query: string;
  readonly series: number;
  readonly samples: number;
}

/** Something about a reading that its reader should know. None of it makes a count untrue. */
export interface Note {
  readonly kind: /** Nothing is known of a version. */
    | "noSeries"
    /** A version is known, and got nothing. */
    | "noTraffic"
    /** Counters began anew: what was counted around it is left out. */
    | "reset"
    /** Nothing was measured for a while. */
    | "gap"
    /** The source's clock and this machine's differ. */
    | "clockSkew"
    /** A version is measured at one place alone, and stable elsewhere: the version cannot be told from the place. */
    | "onePod";
  /** One sentence, with what to do where something can be done. */
  readonly text: string;
}

/** What a source says of a window. */
export interface Reading {
  /** In the order of time, within the window, without overlap. One in which nothing was measured has no counts. */
  readonly intervals: readonly ClosedInterval[];
  readonly read: readonly Trace[];
  readonly notes: readonly Note[];
}

/** From when to when a source has counts that are final. Unit: ms since 1970. */
export interface Settled {
  /** Absent where a source does not know when its counts begin. */
  readonly since?: number;
  /** A window ends here or before. */
  readonly until: number;
  readonly notes: readonly Note[];
}

/**
 * Where the counts of a rollout come from. Windows that follow on each other are counted as one window over both: nothing
 * is lost or counted twice between them, and the same window says the same whenever it is asked.
 */
export interface MetricSource {
  /** Names it to people: its address or its path, never a secret. */
  readonly name: string;
  /** Whether its intervals say which step of the rollout they belong to. */
  readonly tellsSteps: boolean;
  /**
   * What there is to read, by the source's clock.
   * @param now this machine's clock, in ms since 1970
   * @throws MetricSourceError
   */
  settled(now: number, arms: Arms): Promise<Settled>;
  /**
   * The bounds at which it can count slow answers of both versions alike, in ms, rising; empty while it has seen none.
   * @throws MetricSourceError when the versions are measured at different bounds
   */
  latencyBounds(window: Window, arms: Arms): Promise<readonly number[]>;
  /**
   * Counts both versions.
   * @throws MetricSourceError when it does not answer, or cannot count what is asked
   */
  read(window: Window, question: Question): Promise<Reading>;
}

/** A source that does not answer (`unreachable`), or that cannot say what is asked (`unfit`), with everything that is wrong. */
export class MetricSourceError extends Error {
  readonly kind: "unreachable" | "unfit";
  readonly problems: readonly Problem[];

  constructor(kind: MetricSourceError["kind"], problems: readonly Problem[]) {
    super(
      problems
        .map(({ path, seen, allowed, cure }) => `${path}: saw ${seen}; allowed is ${allowed}. ${cure}`)
        .join("\n"),
    );
    this.name = "MetricSourceError";
    this.kind = kind;
    this.problems = problems;
  }
}

/** What a source that cannot count a guard says of it. @param instead what would make it countable */
export const cannotCount = (path: string, metric: string, allowed: string, instead: string): Problem => ({
  path,
  seen: `a guard on ${metric}`,
  allowed,
  cure: `Leave it out (mlc judge --skip ${metric}), or ${instead}`,
});

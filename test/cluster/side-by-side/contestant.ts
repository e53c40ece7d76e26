import type { Arena } from "./arena.ts";

/** What became of a version that was on trial. */
export type Outcome = "promoted" | "stopped";

/** One endpoint, and the tool that changes its versions. */
export interface Endpoint {
  /** The name of its route. */
  readonly name: string;
  readonly host: string;
  /** Puts a version on trial against what serves. */
  readonly tryOut: (version: string) => Promise<void>;
  /** The Service that gets the share of the version on trial. */
  readonly candidate: (version: string) => string;
  /** What became of the version that was tried out last; undefined while it is on trial. Asked once it has some share. */
  readonly outcome: () => Promise<Outcome | undefined>;
  /** When that was counted on which the version was stopped, in ms since 1970, by the clock of who scraped; undefined when the tool does not say. */
  readonly provenAt?: () => Promise<number | undefined>;
}

/** How a version is taken up. */
export interface Policy {
  /** Its shares on the way, in percent. */
  readonly steps: readonly number[];
  /** Seconds on each; undefined: it stays on the first. */
  readonly bakeSeconds?: number;
}

/** A tool that delivers: a real controller, and endpoints of its own. */
export interface Contestant {
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
}

/** Starts a tool's controller with so many endpoints, each of which serves its base version; as often as it judges in another way. */
export type Enter = (arena: Arena, policy: Policy, endpoints: number) => Promise<readonly Contestant[]>;

export const hostOf = (name: string): string => `${name}.example.com`;

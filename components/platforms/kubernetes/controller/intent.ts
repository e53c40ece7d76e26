import { createHash } from "node:crypto";
import { contentOf, divisionOf, type RolloutState } from "../../../rollout/index.ts";
import { WHOLE } from "../../../traffic/ladder.ts";
import { type Split, shareIn, splitOf } from "../route/split.ts";

/** How the route is to be: what has to be written again when it changes. */
export interface Intent {
  readonly split: Split;
  /** Hash of the program's order that the rules are made of. */
  readonly order: string;
  /** Counts decisions: rules also carry notices. */
  readonly generation: number;
  /** The identity of the rollout that was ended; empty while none was. */
  readonly ended: string;
}

/** How many pods of each version are ready; absent: nobody knows. */
export type Ready = Readonly<Record<string, number>>;

/**
 * How the route is to be by a state; undefined when nothing is to be served. A version without a ready pod gets nothing:
 * its share stays with stable until there is one.
 */
export function intentOf(state: RolloutState, order: string, ready: Ready): Intent | undefined {
  const division = divisionOf(state);
  if (division === undefined) return undefined;
  const split = splitOf(division);
  const { candidate } = division.plan;
  const isDown = candidate !== undefined && candidate !== division.stable && ready[candidate] === 0;
  const { plan, progress } = state;
  return {
    split: isDown ? { shares: { [division.stable]: WHOLE } } : split,
    order: hashOf(order),
    generation: state.generation,
    ended: plan !== undefined && progress?.ended !== undefined ? plan.rollout.identity : "",
  };
}

/** Versions that may be given more than is intended: they have served everybody, and were not taken back. */
const isTrusted = ({ plan, contents }: RolloutState, version: string): boolean => {
  const content = plan === undefined ? "" : contentOf(plan, version);
  const known = Object.hasOwn(contents, content) ? contents[content] : undefined;
  return version !== plan?.candidate && known?.servedSince !== undefined && known.ended === undefined;
};

/** Somebody has given a version that is on trial, or was stopped, more than it may have; it is named. */
export function aboveIntent(state: RolloutState, { split }: Intent, live: Split): string | undefined {
  const tooMuch = Object.keys(live.shares).find(
    // A route that others divide in parts of their own may be a hair beside a basis point.
    (version) => shareIn(live, version) > shareIn(split, version) + 0.5 && !isTrusted(state, version),
  );
  const copied = live.mirrored !== split.mirrored ? live.mirrored : undefined;
  return tooMuch ?? copied;
}

/** 16 hex digits. */
const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

import { abortSeconds } from "./abort-seconds.ts";
import { archives } from "./archives.ts";
import type { Capability, ServingPlan, Shortfall } from "./capability.ts";
import { climbs } from "./climbs.ts";
import { feedback } from "./feedback.ts";
import { golden } from "./golden.ts";
import { gone } from "./gone.ts";
import { guards } from "./guards.ts";
import { maxVariants } from "./max-variants.ts";
import { notices } from "./notices.ts";
import { pinning } from "./pinning.ts";
import { runtimes } from "./runtimes.ts";
import { series } from "./series.ts";
import { shadow } from "./shadow.ts";
import { sources } from "./sources.ts";
import { sticky } from "./sticky.ts";
import { weights } from "./weights.ts";

export type { Capability, ServingPlan, Shortfall } from "./capability.ts";
export type { Climbs } from "./climbs.ts";
export { allMetrics, type Measured, type MeasuredMetrics } from "./guards.ts";
export type { Weights } from "./weights.ts";

/** The rows; a row more is a file, and a line here and below. */
interface Rows {
  readonly sources: typeof sources;
  readonly runtimes: typeof runtimes;
  readonly golden: typeof golden;
  readonly maxVariants: typeof maxVariants;
  readonly shadow: typeof shadow;
  readonly sticky: typeof sticky;
  readonly weights: typeof weights;
  readonly climbs: typeof climbs;
  readonly guards: typeof guards;
  readonly feedback: typeof feedback;
  readonly pinning: typeof pinning;
  readonly notices: typeof notices;
  readonly gone: typeof gone;
  readonly archives: typeof archives;
  readonly abortSeconds: typeof abortSeconds;
  readonly series: typeof series;
}

/** In the order in which problems are listed. */
const rows: Rows = {
  sources,
  runtimes,
  golden,
  maxVariants,
  shadow,
  sticky,
  weights,
  climbs,
  guards,
  feedback,
  pinning,
  notices,
  gone,
  archives,
  abortSeconds,
  series,
};

/**
 * What a platform can do; shared code asks this and never which platform it is. Each field is a row of the table:
 * docs/platforms.md says what it means and what a plan may not ask because of it.
 */
export type Capabilities = {
  readonly [Key in keyof Rows]: Rows[Key] extends Capability<infer Value> ? Value : never;
};

/** The table of everything that a platform is asked: checks, docs/platforms.md and conformance tests come from it. */
export const capabilityTable: { readonly [Key in keyof Capabilities]: Capability<Capabilities[Key]> } = rows;

/** The questions, in the order of the table. */
export const capabilityKeys: readonly (keyof Capabilities)[] = Object.keys(rows) as (keyof Capabilities)[];

/** Everything in a plan that a platform of these capabilities cannot do. */
export const shortfalls = (plan: ServingPlan, capabilities: Capabilities): readonly Shortfall[] =>
  capabilityKeys.flatMap((key) => checkRow(key, plan, capabilities));

const checkRow = <Key extends keyof Capabilities>(key: Key, plan: ServingPlan, capabilities: Capabilities) =>
  capabilityTable[key].check(capabilities[key], plan);

import type { VersionNotice } from "../../../release/resolved.ts";
import { WHOLE } from "../../../traffic/ladder.ts";
import type { TrafficPlan } from "../../../traffic/plan.ts";

/** Who serves, at one moment: what a plan and the progress of its rollout come to. Replaced as a whole, never edited. */
export interface Routing {
  readonly model: string;
  /** Answers whatever the candidate does not. After a rollback this is the plan's previous version. */
  readonly stable: string;
  /** The version drawn with `weight`, or copied to while `shadowing`. */
  readonly candidate?: string;
  /** The candidate's share now, in basis points. */
  readonly weight: number;
  readonly shadowing: boolean;
  readonly identity: string;
  readonly versions: ReadonlySet<string>;
  readonly notices: Readonly<Record<string, VersionNotice>>;
  /** Lower case, as Node gives header names. */
  readonly stickyHeader?: string;
  /** The longest a version may take over an answer, in ms. */
  readonly deadlineMs?: number;
  readonly maturity: Maturity;
}

/** How long after a prediction its feedback is complete, by metric, in ms. Metrics that are not named do not wait. */
export type Maturity = ReadonlyMap<string, number>;

/** Which version a request that names none gets. */
export type Choice = "stable" | "candidate";

/** What the name of a version in a request stands for. */
export type Pin =
  | { readonly kind: "version"; readonly version: string }
  | { readonly kind: "retired"; readonly version: string; readonly notice: VersionNotice }
  | { readonly kind: "unknown"; readonly version: string };

/** The share that a rollout has reached decides the weight; everything else is the plan's. */
export function planRouting(
  plan: TrafficPlan,
  now: { readonly weight: number; readonly shadowing: boolean; readonly stable: string },
): Routing {
  return {
    model: plan.model,
    stable: now.stable,
    ...(plan.candidate !== undefined && { candidate: plan.candidate }),
    weight: plan.candidate === undefined ? 0 : now.weight,
    shadowing: plan.candidate !== undefined && now.shadowing,
    identity: plan.rollout.identity,
    versions: new Set(Object.keys(plan.versions)),
    notices: plan.notices,
    ...(plan.stickyHeader !== undefined && { stickyHeader: plan.stickyHeader.toLowerCase() }),
    ...(plan.deadlineMs !== undefined && { deadlineMs: plan.deadlineMs }),
    maturity: new Map(
      plan.rollout.guards.flatMap(({ metric, maturesMs }) => (maturesMs === undefined ? [] : [[metric, maturesMs]])),
    ),
  };
}

/** Where a request goes that names its version. */
export function resolvePin({ versions, notices }: Routing, version: string): Pin {
  const notice = Object.hasOwn(notices, version) ? notices[version] : undefined;
  if (notice?.phase === "retired") return { kind: "retired", version, notice };
  return versions.has(version) ? { kind: "version", version } : { kind: "unknown", version };
}

/**
 * Draws the version for a request that names none.
 *
 * Cards without replacement: of each 10,000 requests exactly `weight` go to the candidate, in random order. The split
 * is exact in the long run, and no pattern in the traffic can line up with it.
 */
export class Draw {
  #weight = -1;
  #cards = 0;
  #candidates = 0;
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  next(weight: number): Choice {
    if (weight !== this.#weight || this.#cards === 0) {
      this.#weight = weight;
      this.#cards = WHOLE;
      this.#candidates = weight;
    }
    const drawn = this.#random() * this.#cards < this.#candidates;
    this.#cards--;
    if (drawn) this.#candidates--;
    return drawn ? "candidate" : "stable";
  }
}

/** Where a session stands among all: a 32-bit number that each rollout draws anew. */
export const placeOf = (identity: string, session: string): number => hash32(`${identity}\n${session}`);

/** What the sessions at a place get: whoever has the candidate at one weight has it at every higher one. */
export const chooseAt = (place: number, weight: number): Choice =>
  (place / 2 ** 32) * WHOLE < weight ? "candidate" : "stable";

/** FNV-1a over UTF-16 code units with a final mix, because neighbouring session names must not land next to each other. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

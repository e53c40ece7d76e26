import type { Server } from "./client.ts";
import type { Selection } from "./queries.ts";

/** Where a rollout's series are, and what they are called. */
export interface PrometheusSettings extends Server, Selection {
  /** How long after its moment a scrape is there for certain: more than its timeout. Unit: ms. @default 15,000 */
  readonly settleMs?: number;
  /** Scrapes further apart are a gap: what was counted between them is left out. Unit: ms. @default 300,000 */
  readonly gapMs?: number;
}

/** The default of `settleMs`. */
export const SETTLE_MS = 15_000;
/** The default of `gapMs`. */
export const GAP_MS = 300_000;

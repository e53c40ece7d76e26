import { expect, object } from "../../../rollout/index.ts";

/** Up to where counts were taken: nothing is counted twice, or left out. By the clock of who scraped. */
export interface CountCursor {
  /** The end of the last interval, in ms since 1970. */
  readonly at: number;
  /** The last scrape of each target that was counted, in ms since 1970. */
  readonly targets: Readonly<Record<string, number>>;
  /** The candidate's share in basis points, and since when all counts are of it, in ms since 1970; absent where what was drawn is not asked. */
  readonly under?: { readonly weight: number; readonly since: number } | undefined;
}

/** Reads a cursor that was kept. @throws PlanError */
export function readCursor(at: string, value: unknown): CountCursor {
  const cursor = object(at, value);
  const targets = object(`${at}.targets`, cursor.targets);
  const under = cursor.under === undefined ? {} : object(`${at}.under`, cursor.under);
  for (const [name, moment] of [["at", cursor.at], ...Object.entries(targets), ...Object.entries(under)] as const) {
    expect(`${at}.${name}`, moment, typeof moment === "number" && Number.isFinite(moment), "a number");
  }
  return value as CountCursor;
}

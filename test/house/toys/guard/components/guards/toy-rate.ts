import { type GuardKind, harmInShares, proportionOf } from "./kind.ts";

/** The share of requests that a version neither failed nor refused, as if that were harm. */
export const toyRate: GuardKind & { readonly metric: string } = {
  metric: "toyRate",
  source: "requests",
  directions: ["increase"],
  margins: ["absolute"],
  judged: proportionOf,
  harm: harmInShares,
  counts: (_guard, stable, candidate) => ({
    n0: stable.requests,
    x0: stable.requests - stable.errors - stable.refusals,
    n1: candidate.requests,
    x1: candidate.requests - candidate.errors - candidate.refusals,
  }),
};

import { type GuardKind, harmInShares, proportionOf } from "./kind.ts";

/** A business metric that is a share, or the mean of values from 0 to 1: what comes back as feedback. */
export const share: GuardKind = {
  source: "feedback",
  directions: ["either", "increase", "decrease"],
  margins: ["absolute", "relative"],
  judged: proportionOf,
  harm: harmInShares,
  counts({ metric }, stable, candidate) {
    const [before, after] = [stable.feedback.get(metric), candidate.feedback.get(metric)];
    return { n0: before?.count ?? 0, x0: before?.sum ?? 0, n1: after?.count ?? 0, x1: after?.sum ?? 0 };
  },
};

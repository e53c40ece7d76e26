import type { Finding, Measure } from "../../../components/drift/index.ts";
import { printable } from "../printable.ts";
import type { Performance, TableComparison } from "./comparison.ts";

/** What each measure is called. */
export const measureNames: Readonly<Record<Measure, string>> = {
  wasserstein: "shift (sd)",
  psi: "PSI, corrected",
  jensenShannon: "Jensen–Shannon",
  missing: "missing share",
  newCategories: "new categories",
};

const outcomeNames: Readonly<Record<Performance["outcome"], string>> = {
  wrong: "wrong answers",
  brier: "Brier score",
  far: "answers further off than 9 of 10 were",
};

/** A share, short: `8.25 %`. */
const renderShare = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

/** A chance, short: `0.031`, `< 0.0001`. */
export const renderP = (p: number): string => (p < 1e-4 ? "< 0.0001" : p.toPrecision(2));

/** A size, short. */
export const renderEffect = (effect: number): string => effect.toFixed(3);

/** What a finding comes to, in a word: also why it comes to nothing, where one of two conditions is met. */
export function renderLevel({ level, effect, threshold, adjustedP }: Finding, alpha: number): string {
  if (level !== "none") return level;
  return effect >= threshold.warn ? "not significant" : adjustedP <= alpha ? "not material" : "";
}

/** What is said of all features together. */
export function renderVerdict({ drifting, features, history }: TableComparison): string {
  const names = drifting.map(printable).join(", ");
  const count = `${drifting.length} of ${features.length} features`;
  if (history === null) {
    return drifting.length === 0
      ? `No drift in ${features.length} features.`
      : `${count} ${drifting.length === 1 ? "has" : "have"} drifted: ${names}.`;
  }
  const counted = history.repeated ? "; this one was counted before, and counts once" : "";
  const periods = `${history.periods} ${history.periods === 1 ? "period" : "periods"}${counted}`;
  return drifting.length === 0
    ? `No feature of ${features.length} drifts by now, after ${periods}.`
    : `${count} ${drifting.length === 1 ? "drifts" : "drift"}, after ${periods}: ${names}.`;
}

/** What is said of the performance, with what it rests on. */
export function renderPerformance(performance: Performance): string {
  const { verdict, shownBy, labels, labelsNeeded, referenceRate, currentRate, limit, outcome, p } = performance;
  const rates = `${outcomeNames[outcome]}: ${renderShare(referenceRate)} on the reference, ${
    currentRate === null ? "unknown" : renderShare(currentRate)
  } in ${labels} labelled rows (tolerated ${renderShare(limit)})`;
  const unlabelled = performance.unlabelled > 0 ? `; ${performance.unlabelled} rows without a label yet` : "";
  switch (verdict) {
    case "drifted": {
      const shown = shownBy.map((by) => (by === "eValue" ? `e-value, p ${renderP(p)}` : "slow rise (Page–Hinkley)"));
      return `Performance has drifted (${shown.join("; ")}). ${rates}${unlabelled}.`;
    }
    case "steady":
      return `Performance is steady. ${rates}${unlabelled}.`;
    case "tooFewLabels":
      return `Too few labels to say anything of the performance: ${labels} of about ${labelsNeeded}. ${rates}${unlabelled}.`;
  }
}

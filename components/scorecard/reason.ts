import type { Decline } from "./decline.ts";
import type { Consolidation } from "./overlap.ts";

/** Why something is advised: the rule that is met, and what it was met with. */
export type Reason =
  | { readonly rule: "noRequests"; readonly quarter: string }
  | { readonly rule: "superseded"; readonly by: string }
  | { readonly rule: "costsTwiceItsValue"; readonly valuePerCost: readonly [number, number] }
  | ({ readonly rule: "declining" } & Decline)
  | { readonly rule: "costsMoreThanItsValue"; readonly valuePerCost: readonly [number, number] }
  | ({ readonly rule: "doneBetter" } & Consolidation)
  | { readonly rule: "valuableButSick"; readonly business: number; readonly technical: number }
  | { readonly rule: "ungoverned"; readonly governance: number; readonly failing: readonly string[] }
  | { readonly rule: "tooLittleKnown"; readonly coverage: number; readonly missing: readonly string[] }
  | { readonly rule: "outdated"; readonly last: string; readonly newest: string };

/** A reason as a sentence, with its evidence. Names are as they came: escape them where that matters. */
export function renderReason(reason: Reason): string {
  switch (reason.rule) {
    case "noRequests":
      return `No request in ${reason.quarter}.`;
    case "superseded":
      return `Superseded by ${reason.by}, and nothing depends on it.`;
    case "costsTwiceItsValue":
      return `Costs more than twice its value for two quarters (value/cost ${renderRatios(reason.valuePerCost)}).`;
    case "declining":
      return `Value fell by ${reason.falls.map(renderShare).join(", ")} in three quarters, ${renderShare(
        reason.totalFall,
      )} together; chance does that over ${reason.quarters} quarters with p ${renderP(reason.p)}.`;
    case "costsMoreThanItsValue":
      return `Costs more than its value for two quarters (value/cost ${renderRatios(reason.valuePerCost)}).`;
    case "doneBetter":
      return `${reason.into} does ${renderShare(reason.overlap)} of the same: value/cost ${reason.valuePerCostApart.toFixed(
        2,
      )} with both, ${reason.valuePerCostTogether.toFixed(2)} with ${reason.into} alone.`;
    case "valuableButSick":
      return `Valuable but sick: business ${reason.business.toFixed(0)}, technical ${reason.technical.toFixed(0)}.`;
    case "ungoverned":
      return `Governance ${reason.governance.toFixed(0)}: not met ${reason.failing.join(", ")}.`;
    case "tooLittleKnown":
      return `Only ${renderShare(reason.coverage)} of the score is known; missing ${reason.missing.join("; ")}.`;
    case "outdated":
      return `Nothing is known since ${reason.last}; the portfolio is at ${reason.newest}.`;
  }
}

const renderShare = (share: number): string => `${Number((share * 100).toFixed(1))} %`;
const renderRatios = (ratios: readonly number[]): string => ratios.map((ratio) => ratio.toFixed(2)).join(", ");
const renderP = (p: number): string => Number(p.toPrecision(2)).toString();

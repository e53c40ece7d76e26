import { type Action, type Advice, NOTICE_DAYS, type Row, renderReason } from "../../../components/scorecard/index.ts";
import { printableText } from "../printable.ts";

/** What each advice is called. */
export const actionNames: Readonly<Record<Action, string>> = {
  retire: "retire",
  deprecate: "deprecate",
  consolidate: "consolidate",
  fix: "fix",
  insufficientData: "insufficient data",
  keep: "keep",
};

/** What each advice asks of its reader. */
export const actionMeanings: Readonly<Record<Action, string>> = {
  retire: "Switch off.",
  deprecate: `Give ${NOTICE_DAYS} days of notice, then switch off.`,
  consolidate: `Give ${NOTICE_DAYS} days of notice, and let the other model do it.`,
  fix: "Worth its cost, and not in order.",
  insufficientData: "Find out more before anything is decided.",
  keep: "Nothing speaks against it.",
};

/** An amount, short: `12,345`, `1.25`, with its currency where that is known; a dash for what is not known. */
export function renderAmount(amount: number | null, currency: string | null): string {
  if (amount === null) return "–";
  const digits = Math.abs(amount) < 100 ? 2 : 0;
  const number = amount.toLocaleString("en-US", { maximumFractionDigits: digits });
  return currency === null ? number : `${number} ${printableText(currency)}`;
}

/** A score of 0 to 100, without decimals; a dash for what is not known. */
export const renderScore = (score: number | null): string => (score === null ? "–" : score.toFixed(0));

/** A share, short: `85 %`; a dash for what is not known. */
export const renderShare = (share: number | null): string =>
  share === null ? "–" : `${Math.round(share * 100) || 0} %`;

/** Value over cost of the last quarter; a dash where there is none. */
export const renderRatio = (ratio: number | null): string => (ratio === null ? "–" : ratio.toFixed(2));

/** Why something is advised, in sentences; also where a model that ends by notice needs none. */
export function renderReasons({ reasons, noticeDays }: Advice): readonly string[] {
  const notice = noticeDays === 0 ? ["Nothing depends on it: no notice is needed."] : [];
  return [...reasons.map((reason) => printableText(renderReason(reason))), ...notice];
}

/** A row as `--json` prints it: each reason in words, too. */
export const rowFacts = ({ advice, ...score }: Row): Readonly<Record<string, unknown>> => ({
  ...score,
  advice: { ...advice, reasons: advice.reasons.map((reason) => ({ ...reason, text: renderReason(reason) })) },
});

import type { GuardKind, Range } from "../guards/index.ts";
import { type Amount, amountPattern, type Percent, parseMargin, relativePattern } from "./units.ts";

/** A guard's margin as it is written, and what decides which margins it may have. */
export interface WrittenMargin {
  readonly metric: string;
  readonly kind: GuardKind;
  readonly margin: string | undefined;
  /** The range that the guard declares. */
  readonly range: Range | undefined;
  readonly direction: GuardKind["directions"][number];
}

/** One problem with a margin: what is allowed, and what to do. */
export type ReportMargin = (allowed: string, cure: string) => void;

/** A margin against its kind of guard: points for shares, a number in the metric's own units for means, a ratio for both. */
export function checkMargin(written: WrittenMargin, report: ReportMargin): void {
  const { kind, margin, range } = written;
  if (margin === undefined) return;
  if (range !== undefined && kind.metric === undefined) checkOfMean({ ...written, margin, range }, report);
  else checkOfShare({ ...written, margin }, report);
}

function checkOfShare(
  { metric, kind, margin }: WrittenMargin & { readonly margin: string },
  report: ReportMargin,
): void {
  const isNumber = amountPattern.test(margin);
  const withRange = kind.metric === undefined && isNumber ? ', or add the range of its values: range: "0 to 500"' : "";
  if (!kind.margins.includes("absolute") && (isNumber || margin.endsWith("pp"))) {
    report(`a ratio to stable for ${metric}, such as "20%"`, `Write, for example: margin: "20%"`);
  } else if (isNumber) {
    report(
      `points or a ratio to stable for ${metric}, such as "0.5pp" or "20%"`,
      `Write, for example: margin: "0.5pp"${withRange}`,
    );
  }
}

function checkOfMean(
  { metric, margin, range, direction }: WrittenMargin & { readonly margin: string; readonly range: Range },
  report: ReportMargin,
): void {
  const { least, most } = range;
  const number = `Write, for example: margin: "${renderAmount((most - least) / 100)}"`;
  const isRatio = relativePattern.test(margin);
  if (isRatio && least < 0) {
    report(`a number in the units of ${metric}: a ratio to a mean that may be zero or negative means nothing`, number);
  } else if (margin.endsWith("pp")) {
    const ratio = least < 0 ? "" : ", or a ratio to stable's mean";
    report(`a number in the units of ${metric}${ratio}: points are for shares`, number);
  } else if (
    (isRatio || amountPattern.test(margin)) &&
    toleratesAll(parseMargin(margin as Percent | Amount), range, direction)
  ) {
    report(
      `a margin that some mean from ${least} to ${most} can exceed`,
      `${number}, or a wider range if values lie outside of this one`,
    );
  }
}

/** Whether no candidate could be so much worse than stable: what tolerates everything watches nothing. */
function toleratesAll(
  { kind, value }: ReturnType<typeof parseMargin>,
  { least, most }: Range,
  direction: WrittenMargin["direction"],
): boolean {
  // A ratio is largest of the value it is a ratio to: a rise to the most from the least, a fall to the least from the most.
  const tolerated = kind === "absolute" ? value : value * (direction === "increase" ? least : most);
  return tolerated >= (most - least) * (1 - 1e-5);
}

/** With as many decimals as it needs, four at most, and never 0. */
const renderAmount = (value: number): string =>
  String(Math.max(0.0001, Number(value.toPrecision(2)) >= 1 ? Math.round(value) : Number(value.toFixed(4))));

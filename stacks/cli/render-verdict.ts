import type { Curve, GuardEvidence, Verdict } from "../../components/analysis/index.ts";
import type { GuardFigures } from "../../components/traffic/index.ts";
import type { Paint } from "./terminal.ts";

/** A verdict with the numbers of every guard, for a person. @param figures what is told in units of its own, by guard */
export function renderVerdict(
  verdict: Verdict,
  figures: Readonly<Record<string, GuardFigures>> | undefined,
  paint: Paint,
): readonly string[] {
  const { guards, thresholds, combined, alpha } = verdict.evidence;
  const threshold = eValue(thresholds.rollback);
  return [
    `  verdict  ${paint("bold", verdict.verdict)}: all guards together e = ${eValue(combined.log)} of ${threshold} that end it, p = ${pValue(combined)} (alpha ${alpha})`,
    ...guards.flatMap((guard) => renderGuard(guard, figures?.[guard.name], thresholds, paint)),
  ];
}

function renderGuard(
  guard: GuardEvidence,
  figures: GuardFigures | undefined,
  thresholds: Verdict["evidence"]["thresholds"],
  paint: Paint,
): readonly string[] {
  const { name, stake, designEffect, comparisons, rollback, promote, nonInferior } = guard;
  const [loudest] = comparisons;
  const counts = loudest ? renderCounts(loudest, figures) : "no data";
  const fine = nonInferior
    ? paint("green", "shown harmless")
    : `harmless e = ${eValue(promote.log)} of ${eValue(thresholds.promote)}`;
  const informs = stake === 0 ? "; informs only" : "";
  const scatter = designEffect === 1 ? "" : `; evidence divided by ${designEffect}`;
  return [
    `    ${name.padEnd(14)} ${counts}`,
    `    ${"".padEnd(14)} harm e = ${eValue(rollback.log)}, p = ${pValue(rollback)}; ${fine}${scatter}${informs}`,
  ];
}

function renderCounts(
  { stable, candidate, candidateMs }: GuardEvidence["comparisons"][number],
  figures: GuardFigures | undefined,
): string {
  if (figures !== undefined) {
    return `candidate ${figures.candidate} on average of ${candidate.units}, stable ${figures.stable} of ${stable.units}`;
  }
  return `candidate ${rate(candidate)}, stable ${rate(stable)}${candidateMs === undefined ? "" : ` slower than ${renderMs(candidateMs)}`}`;
}

const rate = ({ units, events, rate: share }: GuardEvidence["comparisons"][number]["stable"]): string =>
  share === null ? "no data" : `${Math.round(events * 100) / 100}/${units} (${(share * 100).toFixed(2)}%)`;

/** An e-value from its logarithm. */
export const eValue = (log: number): string => {
  if (log > 20) return `10^${Math.round(log / Math.LN10)}`;
  return Number(Math.exp(log).toPrecision(3)).toString();
};

const pValue = ({ p }: Curve): string => (p >= 0.001 ? p.toFixed(3) : p.toExponential(1));

/** A length of time of an answer. */
export const renderMs = (value: number): string => `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ms`;

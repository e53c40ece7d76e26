import type { Decision, Evidence, GuardEvidence, Verdict } from "../../analysis/index.ts";
import { renderMs, renderShare } from "./scale.ts";
import { renderSpan } from "./span.ts";
import type { Versions } from "./tails.ts";

/** A verdict in words: what it is, and why. */
export interface Words {
  readonly verdict: string;
  readonly reason: string;
}

/** What a person reads first. @param ends when each interval ended, in s */
export function wordsOf(
  { verdict, evidence }: Verdict,
  { stable, candidate }: Versions,
  ends: readonly number[],
): Words {
  const titles: Readonly<Record<Decision, string>> = {
    rollback: `Rollback: ${candidate} does harm`,
    promote: `Promote: ${candidate} is not worse than ${stable}`,
    continue: `Nothing is decided yet of ${candidate}`,
    inconclusive: `No decision about ${candidate} in its time`,
    noData: `No data: nothing can be said of ${candidate}`,
  };
  return { verdict: titles[verdict], reason: harmIn(evidence, ends) ?? sentence(evidence.next.reason, evidence) };
}

function harmIn({ culprit, fired, guards }: Evidence, ends: readonly number[]): string | undefined {
  if (culprit === null || fired === null) return undefined;
  const guard = guards.find(({ name }) => name === culprit.guard);
  return `${culprit.guard} is worse than its margin allows${guard ? `: ${ratesIn(guard)}` : ""}; p = ${renderP(culprit.p)}, shown after ${renderSpan(ends[fired.interval] ?? 0)}.`;
}

function ratesIn({ comparisons: [loudest] }: GuardEvidence): string {
  if (loudest === undefined) return "no data";
  const { stable, candidate, compared, candidateMs } = loudest;
  const rate = (known: number | null | undefined): string =>
    known === null || known === undefined ? "unknown" : renderShare(known);
  const slower = candidateMs === undefined ? "" : ` slower than ${renderMs(candidateMs)}`;
  return `${rate(compared?.candidate ?? candidate.rate)}${slower} against ${rate(compared?.stable ?? stable.rate)}`;
}

const renderP = (p: number): string => (p >= 0.0001 ? String(Number(p.toPrecision(2))) : p.toExponential(1));

/** A guard's name stays as it is. */
const sentence = (text: string, { guards }: Evidence): string =>
  guards.some(({ name }) => text.startsWith(name)) ? `${text}.` : `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}.`;

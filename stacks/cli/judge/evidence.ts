import { METHOD } from "../../../components/analysis/index.ts";
import { documentOf, type EvidenceDocument } from "../../../components/evidence/index.ts";
import type { Trace } from "../../../components/metric-sources/index.ts";
import type { Judging } from "./judging.ts";
import type { Trial } from "./trial.ts";

/** A document of evidence that says besides where its counts were read; its hash covers that as well. */
export interface TracedEvidence extends EvidenceDocument {
  readonly source: string;
  readonly read: readonly Trace[];
}

/** What was judged, as a document that anybody can judge again. */
export function evidenceOf(
  { settings, verdict, intervals, read }: Judging,
  { facts }: Trial,
  source: string,
): TracedEvidence {
  const [first] = intervals;
  const last = intervals.at(-1);
  const iso = (at: number): string => new Date(at).toISOString();
  const span = first && last ? { from: iso(first.at), to: iso(last.at + last.seconds * 1000) } : {};
  const { identity } = facts;
  const traced = { identity, settings, method: METHOD, verdict, intervals, copies: [], source, read };
  return { ...documentOf(traced, { ...facts, ...span }), source, read };
}

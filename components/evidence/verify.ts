import { judge, type Verdict } from "../analysis/index.ts";
import { type EvidenceDocument, hashOf, plainData } from "./document.ts";

/** One thing that a document states, beside what comes out. */
export interface Field {
  /** `hash`, `verdict`, or where it stands in the evidence: `culprit`, `guards.share.rollback`. */
  readonly field: string;
  readonly stated: unknown;
  readonly recomputed: unknown;
  readonly same: boolean;
}

/** What came of judging a document's counts again. */
export interface Verification {
  readonly same: boolean;
  readonly fields: readonly Field[];
}

/** What the judge says of a document's counts, whatever the document states. @throws RangeError on counts that cannot be */
export const judgeAgain = ({ intervals, settings }: EvidenceDocument): Verdict => judge(intervals, settings);

/**
 * Judges the counts of a document again and compares every field that it states. What a newer version says besides is no
 * difference.
 * @param document one that `parseEvidence` has found nothing wrong with
 */
export function verifyEvidence(document: EvidenceDocument, verdict: Verdict = judgeAgain(document)): Verification {
  const field = (name: string, stated: unknown, recomputed: unknown): Field => ({
    ...{ field: name, stated, recomputed },
    same: isSame(stated, recomputed),
  });
  const again = plainData(verdict);
  const statedEvidence: object = document.verdict.evidence;
  const { guards, ...rest }: Record<string, unknown> = { ...again.evidence };
  const statedGuards = document.verdict.evidence.guards;
  const fields = [
    field("hash", document.hash, hashOf(document)),
    field("verdict", document.verdict.verdict, again.verdict),
    ...Object.entries(statedEvidence)
      .filter(([name]) => name !== "guards")
      .map(([name, stated]) => field(name, stated, rest[name])),
    ...statedGuards.flatMap((stated, i) => {
      const guard = new Map<string, unknown>(Object.entries(again.evidence.guards[i] ?? {}));
      return Object.entries(stated).map(([name, value]) =>
        field(`guards.${document.settings.guards[i]?.name}.${name}`, value, guard.get(name)),
      );
    }),
  ];
  return { same: fields.every(({ same }) => same), fields };
}

/** Another machine's logarithm may differ in its last digits. */
const TOLERANCE = 1e-9;

/** Whether all that is stated comes out; what comes out besides is not asked for. */
function isSame(stated: unknown, recomputed: unknown): boolean {
  if (typeof stated === "number" && typeof recomputed === "number") {
    return Math.abs(stated - recomputed) <= TOLERANCE * Math.max(1, Math.abs(stated), Math.abs(recomputed));
  }
  if (Array.isArray(stated)) {
    return (
      Array.isArray(recomputed) &&
      stated.length === recomputed.length &&
      stated.every((each, i) => isSame(each, recomputed[i]))
    );
  }
  if (typeof stated === "object" && stated !== null && typeof recomputed === "object" && recomputed !== null) {
    const found = new Map<string, unknown>(Object.entries(recomputed));
    return Object.entries(stated).every(([name, value]) => found.has(name) && isSame(value, found.get(name)));
  }
  return stated === recomputed;
}

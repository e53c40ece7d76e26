import { createHash } from "node:crypto";
import type { JudgeSettings, Verdict } from "../analysis/index.ts";
import {
  evidenceOf,
  type HistoryEntry,
  type HistorySummary,
  type RolloutEvidence,
  summaryOf,
} from "../rollout/index.ts";
import { canonicalJson } from "./canonical-json.ts";

/** What is known of a rollout besides its counts; of one that still runs, not how it ended. */
export type RolloutFacts = Pick<HistorySummary, "identity"> & Partial<HistorySummary>;

/** A verdict without its forecast: nothing was decided on what may come next. */
export interface StatedVerdict extends Pick<Verdict, "verdict"> {
  readonly evidence: Omit<Verdict["evidence"], "next">;
}

/** Everything that a verdict rests on, and the verdict: who has it can judge again, and see that it is the same evidence. */
export interface EvidenceDocument extends Omit<RolloutEvidence, "identity" | "settings" | "method" | "verdict"> {
  readonly format: typeof FORMAT;
  /** Version of the judge's arithmetic (`METHOD` of `analysis`): another one may say something else. */
  readonly method: number;
  readonly rollout: RolloutFacts;
  readonly settings: JudgeSettings;
  /** What was said of it when it was written. The hash leaves it out: it follows from the rest. */
  readonly verdict: StatedVerdict;
  /** `sha256:` and 64 hex digits, of the canonical text of everything but `verdict` and `hash`. */
  readonly hash: string;
}

/** Version of the form of the document. */
export const FORMAT = 1;

/**
 * A rollout's evidence as a document.
 * @throws RangeError when nothing was judged in it, or on numbers that are not finite
 */
export function documentOf(
  { identity, settings, method = 1, verdict, ...counted }: RolloutEvidence,
  facts?: RolloutFacts,
): EvidenceDocument {
  if (settings === undefined || verdict === undefined) {
    throw new RangeError(`rollout ${JSON.stringify(identity)}: nothing was judged in it, so there is no evidence`);
  }
  const document = { ...counted, format: FORMAT, method, rollout: { identity, ...facts }, settings } as const;
  const { next: _, ...stated } = verdict.evidence;
  return { ...plainData(document), verdict: plainData({ ...verdict, evidence: stated }), hash: hashOf(document) };
}

/** A rollout and all it was judged on; of one that has ended with how. */
export type JudgedRollout = Pick<HistoryEntry, "identity" | "intervals"> & Partial<HistoryEntry>;

/** The same of a rollout with what is known of it in one. @throws RangeError as `documentOf` */
export function documentOfRollout(entry: JudgedRollout): EvidenceDocument {
  return documentOf(evidenceOf(entry), summaryOf(entry));
}

/** The hash that the content of a document has, whatever it states. @throws RangeError on what has no canonical text */
export function hashOf(document: object): string {
  const content = { ...document, verdict: undefined, hash: undefined };
  return `sha256:${createHash("sha256").update(canonicalJson(content)).digest("hex")}`;
}

/** The text of its file: canonical, and one line. */
export const renderDocument = (document: EvidenceDocument): string => `${canonicalJson(document)}\n`;

/** As it comes back from a file: a number that JSON does not have is null there. */
export const plainData = <Data>(data: Data): Data => JSON.parse(JSON.stringify(data)) as Data;

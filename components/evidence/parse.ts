import { type JudgeSettings, METHOD, type Verdict } from "../analysis/index.ts";
import type { Problem } from "../release/problems.ts";
import { isCanonical } from "./canonical-json.ts";
import { checkIntervals } from "./check-intervals.ts";
import { checkSettings } from "./check-settings.ts";
import { type EvidenceDocument, FORMAT } from "./document.ts";
import { type Fields, isFields, member, problem } from "./finding.ts";
import { judgeAgain } from "./verify.ts";

/** A document with what the judge says of its counts, whatever it states itself. */
export interface JudgedDocument {
  readonly document: EvidenceDocument;
  readonly verdict: Verdict;
}

/** A document that was judged again, or all that is wrong with it. */
export type ParsedEvidence =
  | (JudgedDocument & { readonly problems: readonly [] })
  | { readonly document?: never; readonly problems: readonly Problem[] };

/** Reads a document of evidence, from whomever it comes, and judges it again. Never throws. */
export function parseEvidence(text: string): ParsedEvidence {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problems: [problem([], text, "a document of evidence in JSON", "write one: mlc evidence --out FILE")] };
  }
  if (!isFields(value)) return { problems: [problem([], value, "a document of evidence")] };
  const problems = [...checkForm(text, value), ...checkVersions(value), ...checkContent(value)];
  if (problems.length > 0) return { problems };
  const document = value as unknown as EvidenceDocument;
  try {
    return { document, verdict: judgeAgain(document), problems: [] };
  } catch (error) {
    return {
      problems: [problem([], value, `what the judge takes: ${error instanceof Error ? error.message : error}`)],
    };
  }
}

function checkForm(text: string, value: Fields): readonly Problem[] {
  const allowed = "canonical JSON (RFC 8785): every key once and sorted, every number in one form";
  try {
    return isCanonical(text, value) ? [] : [problem([], "another text of the same data", allowed)];
  } catch (error) {
    return [problem([], error instanceof Error ? error.message : error, allowed)];
  }
}

function checkVersions(document: Fields): readonly Problem[] {
  const cure = "verify it with the version of pulumi-model-lifecycle that wrote it";
  const expect = (name: string, allowed: number) =>
    member(document, name) === allowed ? [] : [problem([name], member(document, name), String(allowed), cure)];
  return [...expect("format", FORMAT), ...expect("method", METHOD)];
}

function checkContent(document: Fields): readonly Problem[] {
  const { settings, intervals, copies, arrivals, rollout, verdict, hash } = document;
  const settingsProblems = checkSettings(settings);
  const { guards } = settingsProblems.length === 0 ? (settings as unknown as JudgeSettings) : { guards: undefined };
  const isHash = typeof hash === "string" && /^sha256:[0-9a-f]{64}$/.test(hash);
  return [
    ...settingsProblems,
    ...checkIntervals("intervals", intervals, guards),
    ...checkIntervals("copies", copies, undefined),
    ...(arrivals === undefined || Array.isArray(arrivals) ? [] : [problem(["arrivals"], arrivals, "a list")]),
    ...checkRollout(rollout),
    ...checkVerdict(verdict, guards?.length),
    ...(isHash ? [] : [problem(["hash"], hash, "sha256: and 64 hex digits")]),
  ];
}

function checkRollout(rollout: unknown): readonly Problem[] {
  if (!isFields(rollout)) return [problem(["rollout"], rollout, "what is known of the rollout")];
  const { contents, ...facts } = rollout;
  const texts: Fields = isFields(contents) ? { ...facts, ...contents } : { ...facts, contents };
  return Object.entries(texts)
    .filter(([, fact]) => fact !== undefined && typeof fact !== "string")
    .map(([name, fact]) => problem(["rollout", name], fact, "a text"));
}

/** What has to be stated: whoever leaves a field out has not had it compared. */
function checkVerdict(verdict: unknown, guards: number | undefined): readonly Problem[] {
  if (!isFields(verdict)) return [problem(["verdict"], verdict, "a verdict")];
  const { evidence } = verdict;
  const stated =
    typeof verdict.verdict === "string" ? [] : [problem(["verdict", "verdict"], verdict.verdict, "a text")];
  if (!isFields(evidence)) return [...stated, problem(["verdict", "evidence"], evidence, "what the verdict rests on")];
  const missing = ["intervals", "thresholds", "combined", "fired", "culprit", "guards"].filter(
    (name) => !Object.hasOwn(evidence, name),
  );
  const list = evidence.guards;
  const isComplete = Array.isArray(list) && list.every(isStatedGuard) && list.length === (guards ?? list.length);
  return [
    ...stated,
    ...missing.map((name) => problem(["verdict", "evidence", name], undefined, "what the verdict says of it")),
    ...(isComplete || missing.includes("guards")
      ? []
      : [
          problem(["verdict", "evidence", "guards"], list, "the evidence of every guard, in the order of the settings"),
        ]),
  ];
}

const isStatedGuard = (guard: unknown): boolean =>
  isFields(guard) && ["name", "comparisons", "rollback", "promote"].every((name) => Object.hasOwn(guard, name));

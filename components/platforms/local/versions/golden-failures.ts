import { isDeepStrictEqual } from "node:util";
import { renderLines } from "../../../release/golden-file.ts";
import type { Replies } from "./ask-golden.ts";

/** What a version must show before it gets traffic. */
export interface VersionChecks {
  /** A JSON Lines file in the project's folder: `{"input": {...}, "expect"?: {...}, "label"?: "..."}`. */
  readonly golden?: string;
  /** Least share of right answers, by metric (0 to 1). `accuracy` counts answers whose label is the line's. */
  readonly floor?: Readonly<Record<string, number>>;
  /** The 99th percentile of one golden request at a time, in milliseconds. */
  readonly latencyMs?: number;
}

/** Which checks do not hold: one sentence for each kind of failure, with the lines that show it. */
export function failuresOf(checks: VersionChecks, asked: readonly Replies[]): readonly string[] {
  const refusals = asked.flatMap(refusalsOf);
  if (asked.some(({ replies }) => replies.at(-1)?.isLast)) return refusals;
  const [predicted, ...others] = asked;
  if (predicted === undefined) return refusals;
  return [
    ...refusals,
    ...expectationsMissed(predicted),
    ...others.flatMap((other) => differencesOf(predicted, other)),
    ...floorFailures(checks, predicted),
    ...asked.flatMap((each) => latencyFailures(checks, each)),
  ];
}

const refusalsOf = ({ protocol, replies }: Replies): readonly string[] =>
  byKind(
    replies.flatMap(({ request: { line }, refusal }) =>
      refusal === undefined ? [] : [{ kind: refusal, text: `${protocol}: seen ${refusal}; allowed status 200`, line }],
    ),
  );

const expectationsMissed = ({ protocol, replies }: Replies): readonly string[] =>
  byKind(
    replies.flatMap(({ request: { line, expect = {} }, answer }) =>
      Object.entries(answer === undefined ? {} : expect)
        .filter(([key, value]) => !isDeepStrictEqual(answer?.[key], value))
        .map(([key, value]) => {
          const text = `${protocol}: ${key} seen ${render(answer?.[key])}; allowed ${render(value)}`;
          return { kind: key, text, line };
        }),
    ),
  );

/** Every protocol gives the same answer. */
function differencesOf(first: Replies, { protocol, replies }: Replies): readonly string[] {
  const answers = new Map(first.replies.map(({ request: { line }, answer }) => [line, answer]));
  return byKind(
    replies.flatMap(({ request: { line }, answer }) => {
      const before = answers.get(line);
      if (answer === undefined || before === undefined) return [];
      return Object.keys(answer)
        .filter((key) => !isDeepStrictEqual(answer[key], before[key]))
        .map((key) => {
          const text = `${protocol}: ${key} seen ${render(answer[key])}; allowed ${render(before[key])}, as ${first.protocol} answers`;
          return { kind: key, text, line };
        });
    }),
  );
}

/** How many golden requests with a label were answered with it; undefined without any. */
export function accuracyOf({
  replies,
}: Replies): { readonly share: number; readonly right: number; readonly of: number } | undefined {
  const labelled = replies.filter(({ request: { label } }) => label !== undefined);
  if (labelled.length === 0) return undefined;
  const right = labelled.filter(({ request: { label }, answer }) => answer?.label === label).length;
  return { share: right / labelled.length, right, of: labelled.length };
}

/** The 99th percentile of one request at a time, in milliseconds; 0 when none was asked. */
export function p99Of({ replies }: Replies): number {
  const sorted = replies.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
}

function floorFailures({ floor = {}, golden }: VersionChecks, asked: Replies): readonly string[] {
  const accuracy = accuracyOf(asked);
  return Object.entries(floor).flatMap(([metric, least]) => {
    if (metric !== "accuracy") return [`floor ${metric}: not measured here; allowed: accuracy`];
    if (accuracy === undefined) return [`floor accuracy: no labelled line in ${golden}; allowed: lines with "label"`];
    const { share, right, of } = accuracy;
    return share >= least ? [] : [`accuracy seen ${share.toFixed(4)} (${right} of ${of}); allowed ${least} or more`];
  });
}

function latencyFailures({ latencyMs }: VersionChecks, asked: Replies): readonly string[] {
  const p99 = p99Of(asked);
  if (latencyMs === undefined || p99 <= latencyMs) return [];
  return [
    `${asked.protocol}: latency p99 seen ${p99.toFixed(1)} ms over ${asked.replies.length} requests; allowed ${latencyMs} ms`,
  ];
}

interface Failure {
  /** Failures of one kind are told together. */
  readonly kind: string;
  readonly text: string;
  readonly line: number;
}

const MOST_KINDS = 5;

/** One sentence for each kind: the first failure of it, and the lines of the others. */
function byKind(failures: readonly Failure[]): readonly string[] {
  const kinds = [...new Set(failures.map(({ kind }) => kind))];
  const shown = kinds.slice(0, MOST_KINDS).map((kind) => {
    const alike = failures.filter((failure) => failure.kind === kind);
    const where = renderLines(alike.map(({ line }) => line));
    return `${alike[0]?.text} (${where} of the golden requests)`;
  });
  return kinds.length > MOST_KINDS ? [...shown, `and ${kinds.length - MOST_KINDS} other kinds of failure`] : shown;
}

const render = (value: unknown): string => (JSON.stringify(value) ?? "nothing").slice(0, 80);

import { z } from "zod";
import { recordedContent, recordOfContent } from "../../../sources/recorded.ts";
import type { RecordedInterval, RolloutRecord, RouteRecord } from "./records.ts";
import { parseRouteDocument } from "./route-document.ts";

// What the gateway relies on when it reads its own files. More may stand there: a newer version may have written it.

const end = z.looseObject({ at: z.string(), cause: z.string(), reason: z.string() });
const content = z.looseObject({
  servedSince: z.string().optional(),
  attempt: z.number(),
  ended: z.looseObject({ ...end.shape, version: z.string(), as: z.enum(["candidate", "stable"]) }).optional(),
  overrides: z.array(z.string()),
});
const progress = z
  .looseObject({
    identity: z.string(),
    phase: z.enum(["idle", "progressing", "holding", "complete", "aborted", "rolledBack"]),
    ladder: z.array(z.union([z.literal("shadow"), z.number()])),
    step: z.int().min(-1),
    raises: z.int().min(0),
    startedAt: z.string(),
    stepSince: z.string(),
    elapsedMs: z.number(),
    stepElapsedMs: z.number(),
    stepArms: z.record(z.string(), z.looseObject({ stable: z.boolean(), candidate: z.boolean() })),
    stepCopies: z.number(),
    proven: z.boolean(),
    intervals: z.int().min(0),
    ended: end.optional(),
  })
  .refine(({ ladder, step }) => step < ladder.length, "progress.step is beyond its ladder");
const rollout = z.looseObject({
  format: z.number(),
  progress,
  since: z.string(),
  trial: z.looseObject({ state: z.looseObject({}), offset: z.int().min(0) }).optional(),
  ended: z.record(z.string(), end),
  rolledBack: recordOfContent(
    z.looseObject({ version: z.string(), content: recordedContent, at: z.string(), reason: z.string() }),
  ).optional(),
  contents: z.record(z.string(), content).optional(),
  serving: z.string().optional(),
  takenBack: z.boolean().optional(),
  losses: z.array(z.looseObject({ at: z.string(), what: z.string() })).optional(),
  events: z.array(z.looseObject({ at: z.string(), kind: z.string(), text: z.string() })),
});
const route = z.looseObject({
  format: z.number(),
  generation: z.number(),
  deprecatedSince: z.record(z.string(), z.number()),
});
const count = z.union([z.number(), z.array(z.number())]);
const block = z.looseObject({
  at: z.number(),
  seconds: z.number(),
  counts: z.record(z.string(), z.looseObject({ n0: z.number(), x0: count, n1: z.number(), x1: count })),
});
const draws = z.looseObject({ weight: z.number(), stable: z.number(), candidate: z.number() });
const arrivals = z.looseObject({ draws: z.array(draws), sessionsSince: z.number().optional() });
const interval = z.looseObject({
  question: z.string(),
  live: block,
  copies: block.optional(),
  arrivals: arrivals.optional(),
});

/** A `route.json` that was read. @throws Error naming the field that is missing or wrong */
export function checkRouteRecord(record: unknown): RouteRecord {
  parsed(route, record);
  return { ...(record as RouteRecord), ...parseRouteDocument(record) };
}

/** A `rollout.json` that was read. @throws Error naming the field that is missing or wrong */
export function checkRolloutRecord(record: unknown): RolloutRecord {
  const checked: unknown = parsed(rollout, record);
  return checked as RolloutRecord;
}

/** The lines of `intervals.jsonl`; undefined for what is no interval. A last line without its end was not written. */
export const parseIntervals = (text: string): readonly (RecordedInterval | undefined)[] =>
  text.split("\n").slice(0, -1).map(parseInterval);

function parseInterval(line: string): RecordedInterval | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return interval.safeParse(value).success ? (value as RecordedInterval) : undefined;
  } catch {
    return undefined;
  }
}

function parsed<Record>(schema: z.ZodType<Record>, record: unknown): Record {
  const { data, error } = schema.safeParse(record);
  const issue = error?.issues[0];
  if (issue !== undefined) throw new Error(`${issue.path.join(".")}: ${issue.message}`);
  return data as Record;
}

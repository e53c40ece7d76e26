import { copiesKinds } from "../../../guards/index.ts";
import { type Arm, countsOf, countsTails, emptyArm } from "../../../metric-sources/index.ts";
import { type Increase, increasesOf } from "../../../metric-sources/prometheus/index.ts";
import type { ClosedInterval } from "../../../rollout/index.ts";
import { arrivalsIn, isSettled, weightKnown } from "./arrivals.ts";
import { countersOf, type FoundSeries } from "./counters.ts";
import type { CountCursor } from "./cursor.ts";
import { cutsFor } from "./durations.ts";
import { movesOf } from "./gauges.ts";
import type { CountQuestion } from "./question.ts";

/** What was counted since a cursor. */
export interface Counted {
  /** In the order of time. */
  readonly intervals: readonly ClosedInterval[];
  readonly cursor: CountCursor;
  /** Requests to the candidate's Service in these intervals, whatever became of them; absent where nobody could count them. */
  readonly toCandidate?: number;
  /** What people should know: counters that began anew, time that is left out. */
  readonly notes: readonly string[];
}

/** Moments of scrapes scatter: an interval closes when so much of its length is over. */
const WHOLE_ENOUGH = 0.9;

/** The time before a rollout in which stable teaches the judge what is usual, in ms. */
export const HISTORY_MS = 300_000;

/** Scrapes further apart than so many intervals are a gap: nobody knows when in between it was counted. */
const GAP_INTERVALS = 4;

/** How far apart scrapes may be, in ms. */
export const gapOf = (intervalMs: number): number => GAP_INTERVALS * intervalMs;

/**
 * Counts what series have counted since the cursor, interval by interval; each ends with a scrape. A length is the time
 * between scrapes, by the clock of who scraped. Without a cursor nothing is judged yet: what stable did until now is one
 * interval without length, which teaches the judge.
 * @param up when each target was reached
 */
export function countSince(
  cursor: CountCursor | undefined,
  found: FoundSeries,
  up: ReadonlyMap<string, readonly number[]>,
  question: CountQuestion,
): Counted {
  const gapMs = gapOf(question.intervalMs);
  const { increases, scrapes, resets } = increasesOf(countersOf(found, question), up, gapMs);
  const all = [...increases, ...openChanges(found, increases, question)];
  const last = Object.fromEntries([...scrapes].map(([target, moments]) => [target, moments.at(-1) ?? 0]));
  const at = Math.max(cursor?.at ?? 0, ...Object.values(last));
  if (cursor === undefined) {
    const since = all.filter((each) => each.at > at - HISTORY_MS);
    // What is learnt before is a share; how long answers take is compared side by side.
    const taught = { ...question, guards: question.guards.filter((guard) => !countsTails(guard)) };
    const live = { at, seconds: 0, step: question.step, counts: countsIn(since, taught, ["stable"]) };
    return { intervals: since.length === 0 ? [] : [{ live }], cursor: { at, targets: last }, notes: [] };
  }
  const isNew = ({ target, at: moment }: { readonly target: string; readonly at: number }): boolean =>
    moment > (cursor.targets[target] ?? cursor.at - gapMs);
  const moments = [...scrapes].flatMap(([target, own]) => own.filter((moment) => isNew({ target, at: moment })));
  const ends = endsOf(
    cursor.at,
    [...new Set(moments)].sort((a, b) => a - b),
    question.intervalMs,
  );
  const fresh = all.filter(isNew);
  const underWay = movesOf(found.underWay, question).filter(isNew);
  const intervals = ends.flatMap((end, i) => {
    const from = i === 0 ? cursor.at : (ends[i - 1] ?? cursor.at);
    const isOwn = ({ at: moment }: { readonly at: number }): boolean => moment <= end && (i === 0 || moment > from);
    const own = fresh.filter(isOwn);
    if (end - from > gapMs) return [];
    const arrivals = isSettled(cursor.under, from, question)
      ? arrivalsIn(own, underWay.filter(isOwn), question.weight ?? 0)
      : undefined;
    return [{ ...closeInterval({ from, end }, own, question), ...(arrivals !== undefined && { arrivals }) }];
  });
  const counted = ends.at(-1) ?? cursor.at;
  const consumed = [...scrapes].flatMap(([target, own]) => {
    const moment = own.findLast((each) => each <= counted);
    return moment === undefined ? [] : [[target, moment] as const];
  });
  return {
    intervals,
    cursor: {
      at: counted,
      under: weightKnown(cursor.under, question, counted),
      targets: {
        ...keptTargets(cursor, counted - 2 * gapMs),
        ...Object.fromEntries(consumed),
      },
    },
    toCandidate: sentOf(
      armIn(
        fresh.filter(({ at: moment }) => moment <= counted),
        "candidate",
      ),
    ),
    notes: [
      ...resets
        .filter(isNew)
        .map(
          ({ target }) => `the counters of ${target} began anew; what it counted since the scrape before is left out`,
        ),
      ...(ends.length > 0 && intervals.length < ends.length
        ? ["nothing was scraped for a while; that time does not count"]
        : []),
    ],
  };
}

/** Where intervals end: at the first scrape after a whole one. */
function endsOf(from: number, moments: readonly number[], intervalMs: number): readonly number[] {
  const ends: number[] = [];
  for (const moment of moments) {
    if (moment - (ends.at(-1) ?? from) >= intervalMs * WHOLE_ENOUGH) ends.push(moment);
  }
  return ends;
}

/** Targets that went away are forgotten once nothing of them can come any more. */
const keptTargets = ({ targets }: CountCursor, since: number): CountCursor["targets"] =>
  Object.fromEntries(Object.entries(targets).filter(([, moment]) => moment > since));

/** What is under way at a scrape was sent and not answered, and has not failed: it is taken from what was sent. */
function openChanges(
  { open }: FoundSeries,
  increases: readonly Increase[],
  question: CountQuestion,
): readonly Increase[] {
  const sent = increases.filter(({ outcome, counts }) => outcome === "failed" && counts === "requests");
  return movesOf(open, question)
    .filter(({ at, target, arm }) => sent.some((each) => each.at === at && each.target === target && each.arm === arm))
    .map(({ by, ...move }) => ({ ...move, outcome: "failed", counts: "requests", values: [-by] }));
}

function closeInterval(
  { from, end }: { readonly from: number; readonly end: number },
  increases: readonly Increase[],
  question: CountQuestion,
): ClosedInterval {
  const when = { at: from, seconds: (end - from) / 1000, step: question.step };
  if (!question.shadowing) return { live: { ...when, counts: countsIn(increases, question, ["stable", "candidate"]) } };
  const [stable, candidate] = [armIn(increases, "stable"), armIn(increases, "candidate")];
  const guards = copiesKinds().map(({ metric, source, directions, copies: { margin } }) => ({
    ...{ metric, source, direction: directions[0], margin, designEffect: 1 },
  }));
  return {
    live: { ...when, counts: countsIn(increases, question, ["stable"]) },
    ...(sentOf(candidate) > 0 && { copies: { ...when, counts: countsOf(guards, stable, candidate) } }),
  };
}

/** Counts of every guard that can be counted. @param of the versions that count; of another there is nothing */
function countsIn(
  increases: readonly Increase[],
  question: CountQuestion,
  of: readonly Increase["arm"][],
): ReturnType<typeof countsOf> {
  const cuts = cutsFor(question);
  const arm = (which: Increase["arm"]): Arm =>
    of.includes(which) ? armIn(increases, which, cuts[which].length) : emptyArm(cuts[which].length);
  // Where there is no histogram nothing is known of how long answers take.
  const isTimed = increases.some(({ counts }) => counts === "cells");
  const counted = question.guards.filter((guard) => isTimed || !countsTails(guard));
  return countsOf(counted, arm("stable"), arm("candidate"));
}

/** Whole numbers that are not below 0: counters of one scrape were not all read at the same instant. */
function armIn(all: readonly Increase[], which: Increase["arm"], cuts = 0): Arm {
  const increases = all.filter(({ arm }) => arm === which);
  const sum = (outcome: Increase["outcome"]): number =>
    increases
      .filter((each) => each.counts === "requests" && each.outcome === outcome)
      .reduce((total, { values }) => total + (values[0] ?? 0), 0);
  const [answered, refused] = [sum("answered"), sum("refused")];
  const failed = Math.max(0, sum("failed") - answered - refused);
  const feedback = new Map<string, { readonly count: number; readonly sum: number }>();
  for (const { counts, metric = "", values } of increases) {
    if (counts !== "feedback") continue;
    const before = feedback.get(metric) ?? { count: 0, sum: 0 };
    feedback.set(metric, { count: before.count + (values[0] ?? 0), sum: before.sum + (values[1] ?? 0) });
  }
  // By themselves: a gateway may show how long answers took later than that they were given (Envoy by its stats_flush_interval).
  const cells = increases
    .filter(({ counts }) => counts === "cells")
    .reduce((total, { values }) => total.map((count, i) => count + (values[i] ?? 0)), emptyArm(cuts).cells);
  return { requests: { answered, refused, failed }, cells, feedback };
}

const sentOf = ({ requests: { answered, refused, failed } }: Arm): number => answered + refused + failed;

import { type Guard, rungsOf } from "../analysis/index.ts";
import { type PathSegment, type Problem, renderList } from "../release/problems.ts";
import { type Fields, isAmount, isFields, member, problem } from "./finding.ts";

/** The last moment that a date can name, in ms since 1970. */
const LAST_MOMENT = 8.64e15;

/** What is wrong with the intervals of a document, of which each guard counts in its own form. */
export function checkIntervals(
  where: string,
  intervals: unknown,
  guards: readonly Guard[] | undefined,
): readonly Problem[] {
  if (!Array.isArray(intervals)) return [problem([where], intervals, "a list of intervals")];
  const rungs = guards && new Map(guards.map((guard) => [guard.name, rungsOf(guard).length]));
  return [
    ...intervals.flatMap((interval, i) => checkInterval([where, i], interval, rungs)),
    ...checkOrder(where, intervals),
  ];
}

/** By guard, how many rungs it counts at; 0 where it counts one event. */
type Rungs = ReadonlyMap<string, number>;

function checkInterval(at: readonly PathSegment[], interval: unknown, rungs: Rungs | undefined): readonly Problem[] {
  if (!isFields(interval)) return [problem(at, interval, "an interval")];
  const { at: start, seconds, step, counts } = interval;
  const isMoment = isAmount(start) && start <= LAST_MOMENT;
  const isStep = step === undefined || (isAmount(step) && Number.isInteger(step));
  return [
    ...(isMoment ? [] : [problem([...at, "at"], start, "a time in ms since 1970")]),
    ...(isAmount(seconds) ? [] : [problem([...at, "seconds"], seconds, "a number of seconds, 0 or more")]),
    ...(isStep ? [] : [problem([...at, "step"], step, "a whole number from 0")]),
    ...(isFields(counts)
      ? Object.entries(counts).flatMap(([guard, count]) => checkCounts([...at, "counts", guard], count, guard, rungs))
      : [problem([...at, "counts"], counts, "counts by guard")]),
  ];
}

function checkCounts(
  at: readonly PathSegment[],
  counts: unknown,
  guard: string,
  rungs: Rungs | undefined,
): readonly Problem[] {
  const expected = rungs?.get(guard);
  if (rungs !== undefined && expected === undefined) {
    return [problem(at, guard, `a guard of the settings: ${renderList([...rungs.keys()])}`)];
  }
  if (!isFields(counts)) return [problem(at, counts, "n0, x0, n1 and x1")];
  return [...checkArm(at, counts, "0", expected), ...checkArm(at, counts, "1", expected)];
}

/** @param rungs undefined where it is not known what is counted */
function checkArm(
  at: readonly PathSegment[],
  counts: Fields,
  arm: "0" | "1",
  rungs: number | undefined,
): readonly Problem[] {
  const [n, x] = [member(counts, `n${arm}`), member(counts, `x${arm}`)];
  if (!isAmount(n)) return [problem([...at, `n${arm}`], n, "a number of units, 0 or more")];
  const events = `a number of events from 0 to ${n}, the units`;
  const isEvents = (value: unknown) => isAmount(value) && value <= n;
  if (!Array.isArray(x)) {
    const allowed = rungs !== undefined && rungs > 0 ? "a list with a number a rung" : events;
    return isEvents(x) && allowed === events ? [] : [problem([...at, `x${arm}`], x, allowed)];
  }
  if (rungs === 0) return [problem([...at, `x${arm}`], x, events)];
  if (rungs !== undefined && x.length > rungs) return [problem([...at, `x${arm}`], x, `at most ${rungs}, one a rung`)];
  return x.flatMap((value, rung) => (isEvents(value) ? [] : [problem([...at, `x${arm}`, rung], value, events)]));
}

/** Clocks are slewed by less while an interval lasts. Unit: ms. */
const SLACK_MS = 100;

/** Intervals without a length bring what was counted elsewhere, and stand at any time. */
function checkOrder(where: string, intervals: readonly unknown[]): readonly Problem[] {
  const problems: Problem[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const [i, interval] of intervals.entries()) {
    if (!isFields(interval) || !isAmount(interval.at) || !isAmount(interval.seconds) || interval.seconds === 0)
      continue;
    const { at, seconds } = interval;
    if (at < end - SLACK_MS)
      problems.push(problem([where, i, "at"], at, `a time from ${end} on, the end of the one before`));
    end = Math.max(end, at + seconds * 1000);
  }
  return problems;
}

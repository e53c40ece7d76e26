/**
 * The judge a second time, plainly: straight from the formulas of docs/judge.md, with no code of components/analysis
 * and no thought of speed. Recomputes a verdict from counts, margins and thresholds alone.
 */

interface PlainGuard {
  readonly name: string;
  readonly kind: "proportion" | "latency";
  readonly direction: "increase" | "decrease" | "either";
  readonly margin: { readonly kind: "absolute" | "relative"; readonly value: number; readonly offset?: number };
  readonly designEffect?: number;
  readonly baseline?: number;
  readonly tailShare?: number;
  readonly ladder?: readonly number[];
}

interface PlainSettings {
  readonly guards: readonly PlainGuard[];
  readonly alpha?: number;
  readonly beta?: number;
  readonly maxDuration?: number;
  readonly noDataAfter?: number;
  readonly steps?: number;
}

interface PlainCounts {
  readonly n0: number;
  readonly x0: number | readonly number[];
  readonly n1: number;
  readonly x1: number | readonly number[];
}

interface PlainInterval {
  readonly seconds: number;
  readonly step?: number;
  readonly counts: Readonly<Record<string, PlainCounts>>;
}

export interface PlainVerdict {
  readonly verdict: string;
  /** Interval that decided for rollback. */
  readonly firedAt: number | null;
  readonly culprit: string | null;
  readonly combinedLog: number;
  readonly guards: readonly {
    readonly name: string;
    readonly rollbackLog: number;
    readonly rollbackP: number;
    readonly promoteLog: number;
    readonly promoteP: number;
  }[];
}

/** One inequality p1 ≤ r·p0 + m for the event with the given index, or for its opposite. */
interface Question {
  readonly r: number;
  readonly m: number;
  readonly index: number;
  readonly opposite: boolean;
  /** Stable units and events known so far. */
  units: number;
  events: number;
  /** e-value = mean over rows' shares of mean of exp(rows). */
  readonly rollback: number[][];
  readonly promote: number[];
}

function questions(guard: PlainGuard, steps: number): Question[] {
  const lines: { r: number; m: number; index: number; opposite: boolean }[] = [];
  const { kind, value, offset = 0 } = guard.margin;
  if (guard.kind === "latency") {
    const rungs = guard.ladder?.length ?? 11;
    for (let index = 0; index < rungs; index++)
      lines.push({ r: 1, m: guard.tailShare ?? 0.01, index, opposite: false });
  } else {
    if (guard.direction !== "decrease") {
      lines.push({
        r: kind === "relative" ? 1 + value : 1,
        m: kind === "relative" ? offset : value,
        index: 0,
        opposite: false,
      });
    }
    if (guard.direction !== "increase") {
      lines.push({ r: kind === "relative" ? 1 - value : 1, m: value + offset, index: 0, opposite: true });
    }
  }
  return lines.map((line) => {
    const known = guard.kind === "proportion" && guard.baseline !== undefined;
    const rate = line.opposite ? 1 - (guard.baseline ?? 0) : (guard.baseline ?? 0);
    const rollback: number[][] = [];
    for (let start = 0; start < steps; start++) rollback.push([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    return { ...line, units: known ? 200 : 1, events: known ? 200 * rate : 0.5, rollback, promote: [0, 0, 0] };
  });
}

/** p0 where the likelihood of a boundary point is closest to (q0, q1): the root of the cleared derivative. */
function boundaryPoint(n0: number, q0: number, n1: number, q1: number, r: number, m: number): number {
  let a = 0;
  let b = Math.min(1, (1 - m) / r);
  for (let i = 0; i < 200; i++) {
    const p = (a + b) / 2;
    const c = r * p + m;
    const cleared = n0 * (q0 - p) * c * (1 - c) + r * n1 * (q1 - c) * p * (1 - p);
    if (cleared > 0) a = p;
    else b = p;
  }
  return (a + b) / 2;
}

const share = (x: number, y: number, count: number): number => (count === 0 ? 0 : count * Math.log(x / y));

function logLikelihoodRatio(
  n0: number,
  x0: number,
  n1: number,
  x1: number,
  q0: number,
  q1: number,
  r: number,
  m: number,
) {
  const p0 = boundaryPoint(n0, q0, n1, q1, r, m);
  const p1 = r * p0 + m;
  return share(q0, p0, x0) + share(1 - q0, 1 - p0, n0 - x0) + share(q1, p1, x1) + share(1 - q1, 1 - p1, n1 - x1);
}

const at = (x: number | readonly number[], index: number): number => (typeof x === "number" ? x : (x[index] ?? 0));
const within = (x: number, low: number, high: number): number => Math.max(low, Math.min(high, x));

function learn(q: Question, counts: PlainCounts, started: number, designEffect: number, most: number): void {
  const { n0, n1 } = counts;
  const x0 = q.opposite ? n0 - at(counts.x0, q.index) : at(counts.x0, q.index);
  const x1 = q.opposite ? n1 - at(counts.x1, q.index) : at(counts.x1, q.index);
  if (n0 > 0 && n1 > 0 && q.units >= 200) {
    const q0 = within(q.events / q.units, 0.000001, 0.999999);
    const limit = q.r * q0 + q.m;
    if (limit < 0.999999) {
      [0.1, 0.2, 0.4, 0.7, 1.1, 1.6, 2.3, 3.2, 4.5, 6].forEach((d, j) => {
        const from = Math.max(limit, 0.000001);
        const odds = (from / (1 - from)) * Math.exp(d);
        const seen = logLikelihoodRatio(n0, x0, n1, x1, q0, odds / (1 + odds), q.r, q.m) / designEffect;
        const gain = Math.min(seen, most);
        for (let start = 0; start < Math.min(started, q.rollback.length); start++) {
          const row = q.rollback[start] ?? [];
          row[j] = (row[j] ?? 0) + gain;
        }
      });
    }
    [0.5, 0, -1].forEach((f, j) => {
      const q1 = within(q0 + f * (limit - q0), q0 / 10, 0.999999);
      q.promote[j] = (q.promote[j] ?? 0) + logLikelihoodRatio(n0, x0, n1, x1, q0, q1, q.r, q.m) / designEffect;
    });
  }
  q.units += n0;
  q.events += x0;
}

/** ln of a weighted sum of exponentials. */
function weigh(terms: readonly (readonly [weight: number, log: number])[]): number {
  const top = Math.max(...terms.map(([, log]) => log));
  let sum = 0;
  for (const [weight, log] of terms) sum += weight * Math.exp(log - top);
  return top + Math.log(sum);
}

function rollbackOf(q: Question): number {
  const terms: [number, number][] = [];
  q.rollback.forEach((row, start) => {
    const stake = q.rollback.length === 1 ? 1 : start === 0 ? 0.8 : 0.2 / (q.rollback.length - 1);
    const weights = [15, 17, 18, 15, 11, 8, 6, 4, 3, 3];
    row.forEach((log, j) => {
      terms.push([(stake * (weights[j] ?? 0)) / 100, log]);
    });
  });
  return weigh(terms);
}

const promoteOf = (q: Question): number =>
  weigh([
    [0.25, q.promote[0] ?? 0],
    [0.5, q.promote[1] ?? 0],
    [0.25, q.promote[2] ?? 0],
  ]);

interface Running {
  readonly guard: PlainGuard;
  readonly questions: readonly Question[];
  waiting: PlainCounts[];
  waited: number;
}

/** What has waited for the other arm is judged as one block. */
function judgeWaiting(g: Running, started: number): void {
  const total = (of: (c: PlainCounts) => number): number => g.waiting.reduce((sum, c) => sum + of(c), 0);
  for (const q of g.questions) {
    const x0: number[] = [];
    const x1: number[] = [];
    x0[q.index] = total((c) => at(c.x0, q.index));
    x1[q.index] = total((c) => at(c.x1, q.index));
    const most = g.guard.kind === "latency" ? Math.max(1, g.waited) : Number.POSITIVE_INFINITY;
    const counts = { n0: total((c) => c.n0), x0, n1: total((c) => c.n1), x1 };
    learn(q, counts, started, g.guard.designEffect ?? 1, most);
  }
  g.waiting = [];
  g.waited = 0;
}

export function plainVerdict(intervals: readonly PlainInterval[], settings: PlainSettings): PlainVerdict {
  const { alpha = 0.01, beta = 0.05, maxDuration = Number.POSITIVE_INFINITY, noDataAfter = 5, steps = 1 } = settings;
  const guards = settings.guards.map((guard) => ({
    guard,
    questions: questions(guard, steps),
    waiting: [] as PlainCounts[],
    waited: 0,
    seen1: 0,
    arms: [
      { seen: 0, took: 0, silent: 0, silentFor: 0 },
      { seen: 0, took: 0, silent: 0, silentFor: 0 },
    ],
    highest: 0,
    highestPromote: 0,
  }));
  let firedAt: number | null = null;
  let culprit: string | null = null;
  let combinedLog = 0;
  let judged = 0;
  let started = 1;
  // Silent by chance less often than once in 1,000 times, if units came as often as before.
  const silent = () =>
    guards.some((g) =>
      g.arms.some(
        ({ seen, took, silent: intervals, silentFor }) =>
          seen === 0 || (intervals >= noDataAfter && Math.exp((-silentFor * seen) / took) <= 0.001),
      ),
    );

  intervals.forEach((interval, index) => {
    const isNewStep = (interval.step ?? 0) + 1 > started;
    for (const g of guards) {
      if (isNewStep) {
        judgeWaiting(g, started);
        for (const q of g.questions) q.promote.fill(0);
        g.highestPromote = 0;
      }
    }
    started = Math.max(started, (interval.step ?? 0) + 1);
    for (const g of guards) {
      const counts = interval.counts[g.guard.name] ?? { n0: 0, x0: 0, n1: 0, x1: 0 };
      g.seen1 += counts.n1;
      [counts.n0, counts.n1].forEach((came, i) => {
        const arm = g.arms[i];
        if (arm === undefined || interval.seconds === 0) return;
        if (came === 0) {
          arm.silent++;
          arm.silentFor += interval.seconds;
          return;
        }
        const sum = arm.seen + came;
        const kept = sum > 20 ? 20 / sum : 1;
        arm.took = (arm.took + arm.silentFor + interval.seconds) * kept;
        arm.seen = sum * kept;
        arm.silent = 0;
        arm.silentFor = 0;
      });
      g.waiting.push(counts);
      g.waited += interval.seconds;
      const n0 = g.waiting.reduce((sum, c) => sum + c.n0, 0);
      const n1 = g.waiting.reduce((sum, c) => sum + c.n1, 0);
      const isUnknown = g.questions.some(({ units }) => units < 200);
      if ((g.seen1 === 0 && isUnknown) || (n0 > 0 && n1 > 0) || g.waited >= 60) judgeWaiting(g, started);
      g.highest = Math.max(g.highest, rollbackOfGuard(g.questions));
      g.highestPromote = Math.max(g.highestPromote, promoteOfGuard(g.questions));
    }
    combinedLog = weigh(guards.map((g) => [1 / guards.length, rollbackOfGuard(g.questions)]));
    if (firedAt === null && combinedLog >= -Math.log(alpha)) {
      firedAt = index;
      culprit = guards.reduce((a, b) => (b.highest > a.highest ? b : a)).guard.name;
    }
    if (!silent()) judged += interval.seconds;
  });

  const allFine = guards.every((g) => promoteOfGuard(g.questions) >= -Math.log(beta));
  const open = judged >= maxDuration ? "inconclusive" : "continue";
  return {
    verdict: firedAt !== null ? "rollback" : silent() ? "noData" : allFine ? "promote" : open,
    firedAt,
    culprit,
    combinedLog,
    guards: guards.map((g) => ({
      name: g.guard.name,
      rollbackLog: rollbackOfGuard(g.questions),
      rollbackP: Math.min(1, 1 / Math.exp(g.highest)),
      promoteLog: promoteOfGuard(g.questions),
      promoteP: Math.min(1, 1 / Math.exp(g.highestPromote)),
    })),
  };
}

const rollbackOfGuard = (list: readonly Question[]): number => weigh(list.map((q) => [1 / list.length, rollbackOf(q)]));
const promoteOfGuard = (list: readonly Question[]): number => Math.min(...list.map(promoteOf));

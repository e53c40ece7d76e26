import type { Choice, Maturity } from "./router.ts";

/** Values of a metric for the predictions of one version. */
export interface ValueSum {
  readonly count: number;
  readonly sum: number;
}

/** What came back about predictions that were issued one after the other, by metric. */
export type Returned = ReadonlyMap<string, Readonly<Record<Choice, ValueSum>>>;

interface Cohort {
  /** Number of its last prediction, and when that was issued at the latest: monotonic ms. */
  readonly last: number;
  readonly at: number;
  readonly values: Map<string, Record<Choice, ValueSum>>;
}

/** So many cohorts there are at most within the longest time to maturity. */
const MOST_COHORTS = 1_000;

/**
 * Feedback by the moment of its prediction. What comes back late says nothing while what comes back early is in: the
 * predictions of a moment are compared together, on both versions, once all of it is complete. Only predictions under the
 * present weight are kept: those of another were divided otherwise.
 */
export class Cohorts {
  /** The oldest first. */
  #closed: Cohort[] = [];
  #open: Cohort["values"] = new Map();
  /** Numbers of the last prediction before the first that counts, and of the last one in a cohort that is closed. */
  #before = 0;
  #lastClosed = 0;
  #closedAt = Number.NEGATIVE_INFINITY;
  /** Number of the last prediction whose values of a metric were taken. */
  readonly #taken = new Map<string, number>();
  readonly #late = new Map<string, number>();

  /** Traffic is divided anew. @param issued number of the last prediction before */
  beginAnew(issued: number): void {
    this.#closed = [];
    this.#open = new Map();
    this.#before = issued;
    this.#lastClosed = issued;
    this.#taken.clear();
  }

  /** Takes a value about a prediction of this process, by the prediction's number. */
  add(number: number, arm: Choice, metric: string, value: number): void {
    if (number <= this.#before) return;
    if (number <= (this.#taken.get(metric) ?? 0)) {
      this.#late.set(metric, (this.#late.get(metric) ?? 0) + 1);
      return;
    }
    const values = number > this.#lastClosed ? this.#open : this.#closed[this.#indexOf(number)]?.values;
    if (values === undefined) return;
    const sums = values.get(metric) ?? { stable: NOTHING, candidate: NOTHING };
    values.set(metric, { ...sums, [arm]: plus(sums[arm], { count: 1, sum: value }) });
  }

  /**
   * Closes the present cohort, and gives what has become complete.
   * @param issued number of the last prediction @param now monotonic ms
   */
  take(issued: number, now: number, maturity: Maturity): Returned {
    const longest = Math.max(0, ...maturity.values());
    if (now - this.#closedAt >= longest / MOST_COHORTS && issued > this.#lastClosed) {
      this.#closed.push({ last: issued, at: now, values: this.#open });
      this.#open = new Map();
      this.#lastClosed = issued;
      this.#closedAt = now;
    }
    const complete = new Map([...maturity].flatMap(([metric, ms]) => this.#complete(metric, now - ms)));
    this.#closed = this.#closed.filter(({ at }) => at + longest > now);
    return complete;
  }

  /** Values that wait to become complete, by metric. */
  get waiting(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const values of [...this.#closed.map((cohort) => cohort.values), this.#open]) {
      for (const [metric, { stable, candidate }] of values)
        counts.set(metric, (counts.get(metric) ?? 0) + stable.count + candidate.count);
    }
    return counts;
  }

  /** Values that came after their predictions were compared, by metric, since the process started. */
  get late(): ReadonlyMap<string, number> {
    return this.#late;
  }

  #complete(metric: string, until: number): readonly (readonly [string, Record<Choice, ValueSum>])[] {
    const ripe = this.#closed.filter(({ last, at }) => at <= until && last > (this.#taken.get(metric) ?? 0));
    const newest = ripe.at(-1);
    if (newest === undefined) return [];
    this.#taken.set(metric, newest.last);
    const sums = ripe.flatMap(({ values }) => {
      const found = values.get(metric);
      values.delete(metric);
      return found === undefined ? [] : [found];
    });
    if (sums.length === 0) return [];
    const total = (arm: Choice): ValueSum => sums.map((each) => each[arm]).reduce(plus);
    return [[metric, { stable: total("stable"), candidate: total("candidate") }]];
  }

  /** The first cohort that reaches as far as a number. */
  #indexOf(number: number): number {
    let [low, high] = [0, this.#closed.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#closed[middle]?.last ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const NOTHING: ValueSum = { count: 0, sum: 0 };
const plus = (a: ValueSum, b: ValueSum): ValueSum => ({ count: a.count + b.count, sum: a.sum + b.sum });

import type { PreparedPlan } from "./plan-settings.ts";

/** One change that makes a plan feasible, and nothing else changed. */
export interface PlanCure {
  /** Which setting; `margin` is the value of the guard's. */
  readonly change: "margin" | "maxDuration" | "unitsPerSecond" | "holdBack" | "harmBudget" | "burst";
  readonly from: number;
  /** The least that is enough, rounded up to two digits. */
  readonly to: number;
}

/** A setting that can be raised. */
interface Knob {
  readonly change: PlanCure["change"];
  readonly now: number;
  readonly most: number;
  readonly with: (value: number) => PreparedPlan;
}

const MANY_TIMES = 10_000;

/** No more than half: the candidate is to have most of the traffic before it has all of it. */
const MOST_HELD_BACK = 0.5;

/** The widest margin that is worth a guard. */
const WIDEST_MARGIN = 0.2;

function knobsOf(plan: PreparedPlan): readonly Knob[] {
  const { guard, maxDuration, unitsPerSecond, holdBack, harmBudget, burst } = plan;
  const { margin } = guard;
  const widest = margin.kind === "absolute" ? WIDEST_MARGIN : guard.direction === "increase" ? 10 : 0.9;
  return [
    {
      ...{ change: "margin", now: margin.value, most: widest },
      with: (value) => ({ ...plan, guard: { ...guard, margin: { ...margin, value } } }),
    },
    {
      ...{ change: "maxDuration", now: maxDuration, most: maxDuration * MANY_TIMES },
      with: (value) => ({ ...plan, maxDuration: value }),
    },
    {
      ...{ change: "unitsPerSecond", now: unitsPerSecond, most: unitsPerSecond * MANY_TIMES },
      with: (value) => ({ ...plan, unitsPerSecond: value }),
    },
    { ...{ change: "holdBack", now: holdBack, most: MOST_HELD_BACK }, with: (value) => ({ ...plan, holdBack: value }) },
    {
      ...{ change: "harmBudget", now: harmBudget, most: 1 },
      with: (value) => ({ ...plan, harmBudget: value }),
    },
    {
      ...{ change: "burst", now: burst, most: burst * MANY_TIMES },
      with: (value) => ({ ...plan, burst: value }),
    },
  ];
}

/** The changes of which each alone makes a plan feasible. */
export const curesOf = (plan: PreparedPlan, isFeasible: (plan: PreparedPlan) => boolean): readonly PlanCure[] =>
  knobsOf(plan).flatMap(({ change, now, most, with: changed }) => {
    const to = leastThat((value) => isFeasible(changed(value)), now, most);
    return to === undefined ? [] : [{ change, from: now, to }];
  });

/** Values of two digits in a decade, and how many of them a stride of the search is. */
const MANTISSAS = 90;
const STRIDE = 15;

/** The n-th value of two digits from 0.0001 on. */
const valueAt = (n: number): number => Number(`${10 + (n % MANTISSAS)}e${Math.floor(n / MANTISSAS) - 5}`);

/** The least value of two digits above `now`, and up to `most`, that holds: not every larger one has to hold as well. */
function leastThat(holds: (value: number) => boolean, now: number, most: number): number | undefined {
  let low = 0;
  while (valueAt(low) <= now) low++;
  let high = low;
  while (!holds(valueAt(high))) {
    low = high + 1;
    high += STRIDE;
    if (valueAt(high) > most) return undefined;
  }
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(valueAt(middle))) high = middle;
    else low = middle + 1;
  }
  return valueAt(high);
}

import {
  type ClosedInterval,
  divisionOf,
  emptyState,
  type RolloutState,
  step,
} from "../../../components/rollout/index.ts";
import type { TrafficPlan } from "../../../components/traffic/plan.ts";
import { canaryPlan } from "../../support/plans.ts";
import { binomial, type Random } from "./draw.ts";
import type { Counts } from "./rivals/rival.ts";

type RolloutPlan = TrafficPlan["rollout"];
type Guard = RolloutPlan["guards"][number];

const BEGIN = Date.UTC(2026, 0, 1);

/** A guard on failed requests. @param value the margin in shares */
export const errorRate = (value = 0.005): Guard => ({
  metric: "errorRate",
  source: "requests",
  direction: "increase",
  margin: { kind: "absolute", value },
  designEffect: 1,
});

/** Shares in per cent as steps of a plan. */
export const stepsAt = (...shares: readonly number[]): RolloutPlan["steps"] =>
  shares.map((share) => ({ kind: "weight", weight: share * 100 }));

/** The plan of the table of practical settings: 5, 25, 50, 100 % but for the 5 % that stable keeps, a minute each, alpha 1 %, beta 5 %, no end in time. */
export const automatic = (changes: Partial<RolloutPlan> = {}): TrafficPlan =>
  canaryPlan(
    { weight: 10_000 },
    {
      advance: "automatic",
      steps: stepsAt(5, 25, 50, 100),
      guards: [errorRate()],
      bakeMs: 60_000,
      maxDurationMs: 1e12,
      holdBack: 500,
      ...changes,
    },
  );

/** Stable's last answers, which a data plane knows when a rollout begins. */
export const knownOfStable = (random: Random, rate: number, units = 300): Counts => ({
  n0: units,
  x0: binomial(random, units, rate),
  n1: 0,
  x1: 0,
});

/** Where a rollout stands when a second of it begins. */
export interface Moment {
  /** Whole seconds since the rollout began. */
  readonly second: number;
  /** The candidate's share in force, 0 to 1. */
  readonly weight: number;
  /** What the intervals say of the step. */
  readonly raises: number;
}

/** What a data plane hands over of a second: everything but when it was. */
export interface Seen {
  readonly counts: ClosedInterval["live"]["counts"];
  readonly arrivals?: ClosedInterval["arrivals"];
}

/** A rollout that is carried by the product's own core, a second at a time; traffic is what the caller draws. */
export class Ladder {
  #state: RolloutState;
  #second = 0;

  /** @param known what the data plane knows of stable from before: it teaches the judge, without a length */
  constructor(plan: TrafficPlan, known?: Seen["counts"]) {
    this.#state = step(emptyState(new Date(BEGIN).toISOString()), { kind: "plan", plan, now: BEGIN }).state;
    if (known !== undefined) this.#take({ counts: known }, 0);
  }

  get moment(): Moment {
    return {
      second: this.#second,
      weight: (divisionOf(this.#state)?.weight ?? 0) / 10_000,
      raises: this.#state.progress?.raises ?? 0,
    };
  }

  /** The candidate is on the last step of its plan. */
  get isAtTop(): boolean {
    const { progress } = this.#state;
    return progress !== undefined && progress.step === progress.ladder.length - 1;
  }

  get phase(): NonNullable<RolloutState["progress"]>["phase"] {
    return this.#state.progress?.phase ?? "idle";
  }

  /** A second passes. */
  next(seen: Seen): void {
    this.#take(seen, 1);
    this.#second++;
  }

  /**
   * Seconds pass until the rollout is stopped, or `isOver`, or their number is reached.
   * @param seenAt draws what is counted in a second, with the weight that is in force then
   */
  run(seconds: number, seenAt: (moment: Moment) => Seen, isOver: (ladder: Ladder) => boolean = () => false): void {
    while (this.#second < seconds && this.phase !== "aborted" && !isOver(this)) this.next(seenAt(this.moment));
  }

  #take({ counts, arrivals }: Seen, seconds: number): void {
    const at = BEGIN + this.#second * 1000;
    const live = { at, seconds, step: this.moment.raises, counts };
    const interval = { live, ...(arrivals !== undefined && { arrivals }) };
    this.#state = step(this.#state, { kind: "interval", interval, now: at }).state;
  }
}

/** The candidate has all that the plan gives it. */
export const isAtTop = (ladder: Ladder): boolean => ladder.isAtTop;

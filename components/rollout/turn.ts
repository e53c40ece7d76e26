import type { TrafficPlan } from "../traffic/plan.ts";
import type { TrafficEvent } from "../traffic/status.ts";
import { describeEnding, type Ending, type EndingRecord, type Why } from "./endings.ts";
import { isJudged, judgedBy } from "./judges.ts";
import { unitOf } from "./learnt.ts";
import { type RolloutState, servingNow } from "./state.ts";

/** What whoever keeps the state has to do, in this order. */
export type Order =
  /** Divide traffic as `divisionOf(state)` says. */
  | {
      readonly kind: "divide";
      /** It was decided here and now: what a version that lost its traffic is sent from here on comes late. */
      readonly decided: boolean;
      /** The version that a rollback took out. */
      readonly left?: string;
    }
  /** The intervals so far are no evidence any more: begin anew. */
  | { readonly kind: "forgetEvidence" }
  /** Keep this for good, with the intervals that are its evidence. */
  | { readonly kind: "record"; readonly ending: EndingRecord }
  /** Tell people. */
  | { readonly kind: "note"; readonly event: TrafficEvent }
  /** Keep the state, before anybody is told. */
  | { readonly kind: "save" };

const MOST_EVENTS = 200;

/** One step under way: the state as it becomes, and the orders that make it so. */
export class Turn {
  state: RolloutState;
  /** RFC 3339. */
  readonly at: string;
  readonly now: number;
  readonly orders: Order[] = [];

  constructor(state: RolloutState, now: number) {
    this.state = state;
    this.now = now;
    this.at = new Date(now).toISOString();
  }

  set(changes: Partial<RolloutState>): void {
    this.state = { ...this.state, ...changes };
  }

  order(...orders: readonly Order[]): void {
    this.orders.push(...orders);
  }

  /** Decided without a plan. */
  countGeneration(): void {
    this.set({ generation: this.state.generation + 1 });
  }

  note(kind: TrafficEvent["kind"], text: string): void {
    const event = { at: this.at, kind, text };
    this.set({ events: [...this.state.events, event].slice(-MOST_EVENTS) });
    this.order({ kind: "note", event });
  }

  /** @param plan what was in force until now */
  record(how: Ending, plan: TrafficPlan, why: Why): void {
    const { progress, since, judges, question } = this.state;
    const from = why.from ?? progress?.startedAt ?? since;
    const serving = why.serving ?? servingNow(this.state, plan);
    const judged = isJudged(plan) &&
      judges !== undefined && {
        ...judgedBy(plan.rollout, judges),
        question,
        // Versions that were shown alike differ by chance and by themselves: what is more than chance teaches the next judge.
        ...(how === "promoted" && judges.paired && { paired: { unit: unitOf(plan), ...judges.paired } }),
      };
    const ending = { how, ...describeEnding(plan, { ...why, from, serving }), to: this.at, ...judged };
    this.order({ kind: "record", ending });
  }
}

import {
  type ClosedInterval,
  divisionOf,
  emptyState,
  type HistoryEntry,
  type Input,
  type Order,
  type Refusal,
  type RolloutState,
  step,
} from "../../../components/rollout/index.ts";
import type { Counted, Router } from "./router.ts";
import type { Store } from "./store.ts";

/** An input without its time: the controller's clock gives it. */
export type Asked = Input extends infer Each ? (Each extends Input ? Omit<Each, "now"> : never) : never;

/** A shell around the core: keeps what was decided, then tells the router. What it knew when it died is read again. */
export class Controller {
  #state: RolloutState;
  #history: readonly HistoryEntry[];
  #intervals: readonly ClosedInterval[];
  readonly #store: Store;
  readonly #router: Router;

  constructor(store: Store, router: Router) {
    this.#store = store;
    this.#router = router;
    const kept = store.read();
    this.#state = kept?.state ?? emptyState(new Date().toISOString());
    this.#history = kept?.history ?? [];
    this.#intervals = kept?.intervals ?? [];
    this.#divide();
  }

  get state(): RolloutState {
    return this.#state;
  }

  get history(): readonly HistoryEntry[] {
    return this.#history;
  }

  get intervals(): readonly ClosedInterval[] {
    return this.#intervals;
  }

  /** Why nothing changes; undefined when it is so now, and kept. */
  decide(asked: Asked): Refusal | undefined {
    const { state, orders, refusal } = step(this.#state, { ...asked, now: Date.now() } as Input);
    if (refusal !== undefined) return refusal;
    if (asked.kind === "interval" && this.#state.judges !== undefined)
      this.#intervals = [...this.#intervals, asked.interval];
    this.#history = [...this.#history, ...this.#endingsIn(orders)];
    if (orders.some(({ kind }) => kind === "forgetEvidence")) this.#intervals = [];
    this.#state = state;
    this.#store.write({ state, history: this.#history, intervals: this.#intervals });
    this.#divide();
    return undefined;
  }

  /** Judges what the router has counted; every request of a stage is answered well. */
  judge({ route, stable, candidate }: Counted): void {
    const live = {
      ...{ at: Date.now(), seconds: 1, step: this.#state.progress?.raises ?? 0 },
      counts: { errorRate: { n0: stable, x0: 0, n1: candidate, x1: 0 } },
    };
    const arrivals = { draws: [{ weight: route.weight, stable, candidate }] };
    this.decide({ kind: "interval", interval: { live, arrivals } });
  }

  #endingsIn(orders: readonly Order[]): readonly HistoryEntry[] {
    const endings = orders.flatMap((order) => (order.kind === "record" ? [order.ending] : []));
    const intervals = this.#intervals;
    return endings.map((ending, index) => ({ id: String(this.#history.length + index), ...ending, intervals }));
  }

  #divide(): void {
    const division = divisionOf(this.#state);
    if (division === undefined) return;
    const { stable, weight, plan } = division;
    this.#router.route = { stable, candidate: plan.candidate, weight };
  }
}

import {
  type ClosedInterval,
  divisionOf,
  type Input,
  type RolloutState,
  step,
} from "../../components/rollout/index.ts";

/**
 * A second shell around the core, as a cluster's controller or a cloud's function is one: asynchronous, with a store that
 * compares and swaps and a router that somebody else may write. A stand-in for both; it proves the order of calls, and
 * nothing about a real API.
 */

/** Every call of a shell goes through it: what dies, dies before or after a call. */
export type Calls = <Result>(name: string, call: () => Result) => Promise<Result>;

export interface Kept {
  readonly state: RolloutState;
  /** How many intervals the judges have seen. */
  readonly cursor: number;
}

/** Takes a value only from who has seen the last one. */
export class Cell<Value> {
  #value: Value;
  #version = 0;
  readonly written: Value[] = [];

  constructor(value: Value) {
    this.#value = value;
  }

  read(): { readonly value: Value; readonly version: number } {
    return { value: this.#value, version: this.#version };
  }

  /** False when somebody else was faster. */
  swap(version: number, value: Value): boolean {
    if (version !== this.#version) return false;
    this.#value = value;
    this.#version++;
    this.written.push(value);
    return true;
  }
}

/** What is in force at the router. */
export interface Route {
  readonly identity: string;
  readonly weight: number;
  /** The generation of the state that this was written for. */
  readonly fence: number;
}

export interface World {
  readonly store: Cell<Kept>;
  readonly router: Cell<Route>;
  /** The intervals from there on. */
  readonly intervals: (cursor: number) => readonly ClosedInterval[];
  readonly now: () => number;
}

const intentOf = (state: RolloutState): Route => ({
  identity: state.plan?.rollout.identity ?? "",
  weight: divisionOf(state)?.weight ?? 0,
  fence: state.generation,
});

/** One pass of a shell that remembers nothing. What it cannot finish, the next one does. */
export async function pass(
  world: World,
  call: Calls,
  command?: Omit<Extract<Input, { kind: "abort" }>, "now">,
): Promise<void> {
  const { store, router } = world;
  const route = await call("read route", () => router.read());
  const kept = await call("read state", () => store.read());
  const { state, cursor } = kept.value;
  // Somebody has gone on with a state that this one has not seen.
  if (route.value.fence > state.generation) return;
  const intent = intentOf(state);
  const isActed = route.value.fence === state.generation;
  if (!isActed || route.value.weight > intent.weight) {
    await call("act", () => router.swap(route.version, intent));
    return;
  }
  const intervals = command === undefined ? await call("read counts", () => world.intervals(cursor)) : [];
  let next = state;
  for (const interval of intervals) next = step(next, { kind: "interval", interval, now: world.now() }).state;
  if (command !== undefined) next = step(next, { ...command, now: world.now() }).state;
  const isKept = await call("keep", () => store.swap(kept.version, { state: next, cursor: cursor + intervals.length }));
  if (!isKept || next.generation === state.generation) return;
  await call("act", () => router.swap(route.version, intentOf(next)));
}

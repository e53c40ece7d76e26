import fc from "fast-check";
import type { ClosedInterval } from "../../components/rollout/index.ts";
import { stablePlan } from "../support/plans.ts";
import { type Calls, Cell, type Kept, pass, type Route, type World } from "./cas-shell.ts";
import { climbing, from, interval, NOW } from "./inputs.ts";

const honours = (weight: number): number => weight;

/**
 * A rollout of a candidate that fails so often, seen from an asynchronous shell: an interval comes with each pass.
 * @param divides what the router makes of a weight, both in basis points
 */
export function createWorld(failing: number, divides = honours): World & { readonly passed: () => void } {
  const state = from(stablePlan(), climbing());
  const store = new Cell<Kept>({ state, cursor: 0 });
  const router = new Cell<Route>({ identity: "rollout-1", weight: 0, fence: 0 });
  const intervals: ClosedInterval[] = [];
  return {
    store,
    router,
    now: () => NOW + intervals.length * 1_000,
    intervals: (cursor) => intervals.slice(cursor),
    passed() {
      const { weight } = router.read().value;
      const n1 = (divides(weight) * 4_000) / 10_000;
      const n0 = 4_000 - n1 + 200;
      const arrivals = { draws: [{ weight, stable: 4_000 - n1, candidate: n1 }] };
      intervals.push(interval({ n0, x0: n0 / 100, n1, x1: Math.round(n1 * failing), arrivals }));
    },
  };
}

class Killed extends Error {}

/** Dies before or after its n-th call. @param index -1 for never */
export function dyingAt(index: number, after: boolean): { readonly calls: Calls; readonly count: () => number } {
  let count = 0;
  return {
    count: () => count,
    calls: async (_, call) => {
      const mine = count++;
      if (mine === index && !after) throw new Killed();
      const result = call();
      await Promise.resolve();
      if (mine === index && after) throw new Killed();
      return result;
    },
  };
}

const MOST_PASSES = 60;

/** Passes until nothing changes any more; a shell that dies is followed by another one. */
export async function run(world: ReturnType<typeof createWorld>, calls: Calls): Promise<void> {
  for (let i = 0; i < MOST_PASSES; i++) {
    world.passed();
    try {
      await pass(world, calls);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    const { state } = world.store.read().value;
    const { fence } = world.router.read().value;
    if (["complete", "aborted"].includes(state.progress?.phase ?? "") && fence === state.generation) return;
  }
}

/** A whole rollout, and how it has to end. */
export interface End {
  readonly candidate: string;
  /** The share of the candidate's requests that fail. */
  readonly failing: number;
  readonly phase: string;
  /** The candidate's, in basis points. */
  readonly weight: number;
}

/** A good candidate and a bad one. */
export const ends: readonly End[] = [
  { candidate: "good", failing: 0.01, phase: "complete", weight: 10_000 },
  { candidate: "bad", failing: 0.3, phase: "aborted", weight: 0 },
];

/** How a rollout ended whose shell was killed once. */
export interface KilledRun {
  /** Which call it died at. */
  readonly index: number;
  /** After the call, or before it. */
  readonly after: boolean;
  readonly phase: string | undefined;
  /** The candidate's at the router, in basis points. */
  readonly weight: number;
  /** How often people were told of an end. */
  readonly endings: number;
}

/** One rollout for each call of an undisturbed one, and for either side of the call. */
export async function killedAtEveryCall({ failing }: Pick<End, "failing">): Promise<readonly KilledRun[]> {
  const undisturbed = dyingAt(-1, false);
  await run(createWorld(failing), undisturbed.calls);
  const runs: KilledRun[] = [];
  for (let index = 0; index < undisturbed.count(); index++) {
    for (const after of [false, true]) {
      const world = createWorld(failing);
      await run(world, dyingAt(index, after).calls);
      const { state } = world.store.read().value;
      const endings = state.events.filter(({ kind }) => kind === "abort" || kind === "complete").length;
      runs.push({ index, after, phase: state.progress?.phase, weight: world.router.read().value.weight, endings });
    }
  }
  return runs;
}

/** The share of kills, before and after every call of a whole good and a whole bad rollout, after which it ends right: 0 to 1. */
export async function killsSurvived(): Promise<number> {
  const survived = await Promise.all(
    ends.map(async (end) =>
      (await killedAtEveryCall(end)).map(
        ({ phase, weight, endings }) => phase === end.phase && weight === end.weight && endings === 1,
      ),
    ),
  );
  const all = survived.flat();
  return all.filter(Boolean).length / all.length;
}

/** What a race left behind. */
export interface Raced {
  readonly world: World;
  /** The generation at which the rollout was ended. */
  readonly endedAt: number | undefined;
  /** What the router was told from there on. */
  readonly since: readonly Route[];
}

/** Three shells at once, and a person who aborts after so many waits, in the scheduler's order. */
export async function race(scheduler: fc.Scheduler, abortAt: number): Promise<Raced> {
  const world = createWorld(0.01);
  const calls: Calls = async (name, call) => {
    await scheduler.schedule(Promise.resolve(), name);
    return call();
  };
  const shell = async (): Promise<void> => {
    for (let i = 0; i < 8; i++) {
      world.passed();
      await pass(world, calls);
    }
  };
  const person = async (): Promise<void> => {
    for (let i = 0; i < abortAt; i++) await scheduler.schedule(Promise.resolve(), "waits");
    while (world.store.read().value.state.progress?.ended === undefined) {
      await pass(world, calls, { kind: "abort", reason: "by hand" });
    }
  };
  await scheduler.waitFor(Promise.all([shell(), shell(), shell(), person()]));
  await pass(world, (_, call) => Promise.resolve(call()));
  const endedAt = world.store.written.find(({ state }) => state.progress?.ended !== undefined)?.state.generation;
  return { world, endedAt, since: world.router.written.filter(({ fence }) => fence >= (endedAt ?? 0)) };
}

const SEED = 1;

/** How many ended candidates got traffic again, or were never ended, in so many races. */
export async function endedReopened(races: number): Promise<number> {
  let reopened = 0;
  const orders = fc.sample(fc.tuple(fc.scheduler(), fc.nat({ max: 8 })), { numRuns: races, seed: SEED });
  for (const [scheduler, abortAt] of orders) {
    const { world, endedAt, since } = await race(scheduler, abortAt);
    const routes = [...since, world.router.read().value];
    if (endedAt === undefined || routes.some(({ weight }) => weight > 0)) reopened++;
  }
  return reopened;
}

import { performance } from "node:perf_hooks";
import type { Random } from "../draw.ts";

/** What happens at a moment. Moments that are the same keep the order in which they were asked for. */
export interface Due {
  readonly at: number;
  readonly order: number;
  /** Undefined once it was taken back. */
  run: (() => void) | undefined;
}

/** Time that passes only when something is to happen, in ms from 0. */
export class World {
  readonly random: Random;
  /** A heap: what comes first is at its head. */
  readonly #due: Due[] = [];
  #now = 0;
  #asked = 0;

  constructor(random: Random) {
    this.random = random;
  }

  /** Monotonic ms. */
  get now(): number {
    return this.#now;
  }

  /** @param ms from now on */
  after(ms: number, run: () => void): Due {
    const due: Due = { at: this.#now + Math.max(0, ms), order: this.#asked++, run };
    this.#rise(due);
    return due;
  }

  /** Again and again. @param ms between two times */
  every(ms: number, run: () => void): void {
    this.after(ms, () => {
      run();
      this.every(ms, run);
    });
  }

  /** Requests that come by chance. @param perSecond how many are expected */
  arrivals(perSecond: number, run: () => void): void {
    this.after((-Math.log(1 - this.random()) * 1000) / perSecond, () => {
      run();
      this.arrivals(perSecond, run);
    });
  }

  /** Lets time pass until so many ms from now, or until it is over. */
  pass(ms: number, isOver: () => boolean = () => false): void {
    const until = this.#now + ms;
    while (!isOver()) {
      const next = this.#due[0];
      if (next === undefined || next.at > until) break;
      this.#fall();
      this.#now = next.at;
      next.run?.();
    }
    if (!isOver()) this.#now = until;
  }

  #rise(due: Due): void {
    const heap = this.#due;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, due)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = due;
  }

  /** Takes the head away. */
  #fall(): void {
    const heap = this.#due;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const first = isRight ? right : left;
      if (isBefore(last, first)) break;
      heap[at] = first;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = last;
  }
}

const isBefore = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** What `setTimeout` gives in a world: `due` moves on with each turn of an interval. */
interface Timer {
  due: Due;
  readonly unref: () => Timer;
}

function timerOf(due: Due): Timer {
  const timer: Timer = { due, unref: () => timer };
  return timer;
}

function timersOf(world: World) {
  const take = (timer?: Timer): void => {
    if (timer !== undefined) timer.due.run = undefined;
  };
  return {
    setTimeout: (run: () => void, ms = 0) => timerOf(world.after(ms, run)),
    setInterval: (run: () => void, ms = 0) => {
      const turn = (): void => {
        timer.due = world.after(ms, turn);
        run();
      };
      const timer = timerOf(world.after(ms, turn));
      return timer;
    },
    clearTimeout: take,
    clearInterval: take,
  };
}

/**
 * Runs code of the product in a world of its own: clock, timers and chance are the world's until `run` returns.
 * Nothing in it may be awaited.
 */
export function inWorld<Result>(random: Random, run: (world: World) => Result): Result {
  const world = new World(random);
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  const { random: chance } = Math;
  Object.assign(globalThis, timersOf(world));
  Object.assign(performance, { now: () => world.now });
  Math.random = random;
  try {
    return run(world);
  } finally {
    Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval });
    Reflect.deleteProperty(performance, "now");
    Math.random = chance;
  }
}

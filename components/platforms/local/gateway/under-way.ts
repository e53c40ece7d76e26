import { performance } from "node:perf_hooks";

/** A request that a version has and has not answered yet. */
export interface UnderWay {
  /** Its time is over: see whether it is late. */
  checkDeadline(now: number): void;
  /** Who serves has changed: see whether it must be asked elsewhere. @param left the version that a rollback took out */
  reconsider(left?: string): void;
  /** The gateway stood still for so long, in ms: an answer may have waited here, and its version is not to blame. */
  pardon(ms: number): void;
}

const CHECK_EVERY_MS = 50;
/** A check that is later than this did not wait for its turn: the process stood still. */
const STOOD_STILL_MS = 20;

/** Every request that waits for an answer, so that waiting has an end and a change of who serves reaches it. */
export class RequestsUnderWay {
  readonly #requests = new Set<UnderWay>();
  #timer: NodeJS.Timeout | undefined;
  #checkedAt = 0;

  add(request: UnderWay): void {
    this.#requests.add(request);
    if (this.#timer !== undefined) return;
    this.#checkedAt = performance.now();
    this.#timer = setInterval(() => this.#check(), CHECK_EVERY_MS).unref();
  }

  delete(request: UnderWay): void {
    this.#requests.delete(request);
  }

  reconsider(left?: string): void {
    for (const request of [...this.#requests]) request.reconsider(left);
  }

  #check(): void {
    if (this.#requests.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const now = performance.now();
    const late = now - this.#checkedAt - CHECK_EVERY_MS;
    this.#checkedAt = now;
    // Timers come before what the sockets have: this is before any answer that waited is read.
    if (late > STOOD_STILL_MS) for (const request of this.#requests) request.pardon(late);
    for (const request of [...this.#requests]) request.checkDeadline(now);
  }
}

import { performance } from "node:perf_hooks";

/** A request that a version has and has not answered yet. */
export interface UnderWay {
  /** Its time is over: see whether it is late. */
  checkDeadline(now: number): void;
  /** Who serves has changed: see whether it must be asked elsewhere. */
  reconsider(): void;
}

const CHECK_EVERY_MS = 50;

/** Every request that waits for an answer, so that waiting has an end and a change of who serves reaches it. */
export class RequestsUnderWay {
  readonly #requests = new Set<UnderWay>();
  #timer: NodeJS.Timeout | undefined;

  add(request: UnderWay): void {
    this.#requests.add(request);
    this.#timer ??= setInterval(() => this.#check(), CHECK_EVERY_MS).unref();
  }

  delete(request: UnderWay): void {
    this.#requests.delete(request);
  }

  reconsider(): void {
    for (const request of [...this.#requests]) request.reconsider();
  }

  #check(): void {
    if (this.#requests.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const now = performance.now();
    for (const request of [...this.#requests]) request.checkDeadline(now);
  }
}

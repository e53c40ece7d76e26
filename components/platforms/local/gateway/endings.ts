import { hash } from "node:crypto";
import { performance } from "node:perf_hooks";

/** For so long a request that ended two processes is sent to none, in ms. */
const REMEMBERED_MS = 600_000;
const MOST = 1_000;

/** Requests on which processes ended. */
export class Endings {
  /** Until when, in monotonic ms, by fingerprint; the oldest first. */
  readonly #until = new Map<string, number>();

  add(path: string, body: Buffer): void {
    this.#until.set(fingerprint(path, body), performance.now() + REMEMBERED_MS);
    const [oldest] = this.#until.keys();
    if (this.#until.size > MOST && oldest !== undefined) this.#until.delete(oldest);
  }

  has(path: string, body: Buffer): boolean {
    if (this.#until.size === 0) return false;
    return (this.#until.get(fingerprint(path, body)) ?? 0) > performance.now();
  }
}

const fingerprint = (path: string, body: Buffer): string => `${path} ${hash("sha256", body)}`;

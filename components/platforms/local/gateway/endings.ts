import { hash } from "node:crypto";
import { performance } from "node:perf_hooks";

/** After two ends it is left alone for so long, in ms; twice as long after each further one. */
const FIRST_MS = 2_000;
const LONGEST_MS = 600_000;
const MOST = 1_000;

interface Ending {
  readonly until: number;
  readonly ms: number;
}

/**
 * Requests on which processes ended. One is tried again after a while: a process may have been ended by somebody else
 * twice, and what it was asked then may be what everybody asks.
 */
export class Endings {
  /** By fingerprint, the oldest first. */
  readonly #endings = new Map<string, Ending>();

  add(path: string, body: Buffer): void {
    const key = fingerprint(path, body);
    const ms = Math.min(LONGEST_MS, 2 * (this.#endings.get(key)?.ms ?? FIRST_MS / 2));
    this.#endings.delete(key);
    this.#endings.set(key, { ms, until: performance.now() + ms });
    const [oldest] = this.#endings.keys();
    if (this.#endings.size > MOST && oldest !== undefined) this.#endings.delete(oldest);
  }

  /** It was answered: it ends nothing. */
  forget(path: string, body: Buffer): void {
    if (this.#endings.size > 0) this.#endings.delete(fingerprint(path, body));
  }

  has(path: string, body: Buffer): boolean {
    if (this.#endings.size === 0) return false;
    return (this.#endings.get(fingerprint(path, body))?.until ?? 0) > performance.now();
  }
}

const fingerprint = (path: string, body: Buffer): string => `${path} ${hash("sha256", body)}`;

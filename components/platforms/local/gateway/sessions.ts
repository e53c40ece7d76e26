import { hash32 } from "./router.ts";

/** 4 MB: one false "already seen" in 40 after four million sessions. */
const BITS = 1 << 25;
const PROBES = 4;

/**
 * Which sessions of a rollout have been counted, in fixed memory.
 *
 * A session gives the comparison one request, its first: the requests of one session are alike, so each further one
 * would be counted as independent evidence that it is not. The filter errs only by leaving a new session out.
 */
export class CountedSessions {
  #bits: Uint32Array | undefined;

  /** True the first time a session is seen. */
  add(session: string): boolean {
    // Sticky traffic is the exception: the memory is taken when the first session comes.
    this.#bits ??= new Uint32Array(BITS / 32);
    const bits = this.#bits;
    const [first, stride] = [hash32(session), hash32(`${session}\n`) | 1];
    let fresh = false;
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = (first + Math.imul(probe, stride)) & (BITS - 1);
      const word = bits[bit >>> 5] ?? 0;
      const mask = 1 << (bit & 31);
      if ((word & mask) === 0) {
        fresh = true;
        bits[bit >>> 5] = word | mask;
      }
    }
    return fresh;
  }

  clear(): void {
    this.#bits = undefined;
  }
}

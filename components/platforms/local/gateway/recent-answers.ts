import { HISTORY_UNITS } from "../../../analysis/index.ts";
import type { RequestOutcome } from "../../../guards/index.ts";
import { type ArmCounter, countInArm, createArmCounter } from "./counters.ts";
import { FairShare } from "./fair-share.ts";
import { hash32 } from "./router.ts";

/**
 * What stable has answered last, with a rollout or without: enough for a judge to know its rates before a candidate's
 * first request. At least the last 200 and at most twice as many.
 */
export class RecentAnswers {
  #version = "";
  #older = createArmCounter();
  #newer = createArmCounter();
  readonly #sources = new FairShare();

  /** @param source the address it was given to: none counts for much more than the others */
  add(
    version: string,
    source: string,
    { outcome, ms }: { readonly outcome: RequestOutcome; readonly ms: number | undefined },
  ): void {
    if (version !== this.#version) {
      this.#version = version;
      this.#older = createArmCounter();
      this.#begin();
    }
    const key = hash32(source);
    if (!this.#sources.has(key)) return;
    this.#sources.take(key);
    countInArm(this.#newer, outcome, ms);
    if (this.#newer.requests < HISTORY_UNITS) return;
    this.#older = this.#newer;
    this.#begin();
  }

  /** Undefined when nothing is known of the version. */
  of(version: string): ArmCounter | undefined {
    const [older, newer] = [this.#older, this.#newer];
    if (version !== this.#version || older.requests + newer.requests === 0) return undefined;
    return {
      requests: older.requests + newer.requests,
      errors: older.errors + newer.errors,
      refusals: older.refusals + newer.refusals,
      latency: older.latency.map((count, bucket) => count + (newer.latency[bucket] ?? 0)),
      feedback: new Map(),
    };
  }

  #begin(): void {
    this.#newer = createArmCounter();
    this.#sources.clear();
  }
}

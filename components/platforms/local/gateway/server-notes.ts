import type { Input, RolloutState } from "../../../rollout/index.ts";
import type { Traffic } from "./traffic.ts";

/** What happens to a rollout, without the time: that is the clock's. */
export type Untimed = Input extends infer Each ? (Each extends Input ? Omit<Each, "now"> : never) : never;

/** Sees what becomes of the model servers between two intervals. */
export class ServerNotes {
  readonly #traffic: Traffic;
  readonly #unreachable = new Set<string>();

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
  }

  /** Which servers have gone, or have come back, since this was asked the last time. */
  changes(): readonly Untimed[] {
    const changes: Untimed[] = [];
    for (const [version, { reachable }] of this.#traffic.upstreams) {
      if (reachable !== this.#unreachable.has(version)) continue;
      if (reachable) this.#unreachable.delete(version);
      else this.#unreachable.add(version);
      const event = reachable ? "server-up" : "server-down";
      changes.push({ kind: "note", event, text: `${version} ${reachable ? "answers again" : "cannot be reached"}` });
    }
    return changes;
  }

  /** How long after a decision those who lost their traffic by it were still sent something. @param decidedAt monotonic ms */
  sentLate({ plan, progress, rolledBack }: RolloutState, decidedAt: number): readonly Untimed[] {
    return [rolledBack?.version, progress?.ended && plan?.candidate].flatMap((version) => {
      const lastDrawnAt = this.#traffic.counters.get(version ?? "")?.lastDrawnAt;
      const ms = (lastDrawnAt ?? Number.NEGATIVE_INFINITY) - decidedAt;
      return version !== undefined && ms > 0 ? [{ kind: "sentLate", version, ms } as const] : [];
    });
  }
}

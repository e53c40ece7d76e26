import type { TrafficEvent } from "../../../spec/status.ts";
import type { TrafficPlan } from "../../../spec/traffic.ts";
import { type Clock, timestamp } from "./clock.ts";
import {
  FORMAT_NUMBER,
  type Persistence,
  type RolledBack,
  type RolloutRecord,
  type RouteRecord,
} from "./persistence.ts";
import type { Ended } from "./rollout.ts";

const MOST_EVENTS = 200;
const MOST_ENDED = 1_000;

/**
 * What the gateway knows of its route whatever rollout runs: the plan, what was taken away and stays so, and what
 * happened. A change holds in memory at once and is on the disk after `save`.
 */
export class RouteMemory {
  /** Since when traffic is divided as it is now. */
  since: string;
  rolledBack: RolledBack | undefined;
  readonly #files: Persistence;
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  #route: RouteRecord | undefined;
  #ended: Readonly<Record<string, Ended>> = {};
  #events: readonly TrafficEvent[] = [];
  #writtenRoute: RouteRecord | undefined;
  #unsaved = false;

  constructor(settings: {
    readonly files: Persistence;
    readonly clock: Clock;
    readonly log: (line: string) => void;
  }) {
    this.#files = settings.files;
    this.#clock = settings.clock;
    this.#log = settings.log;
    this.since = timestamp(settings.clock);
  }

  get route(): RouteRecord | undefined {
    return this.#route;
  }

  get events(): readonly TrafficEvent[] {
    return this.#events;
  }

  /** The disk has refused what is in force. */
  get unsaved(): boolean {
    return this.#unsaved;
  }

  /** Reads the files. How far the rollout came is returned: it may be another plan's. */
  load(): RolloutRecord | undefined {
    const route = this.#files.readRoute();
    const record = this.#files.readRollout();
    this.#route = route;
    this.#ended = record?.ended ?? {};
    this.rolledBack = record?.rolledBack;
    this.#events = record?.events ?? [];
    return record;
  }

  /** The disk first: a route that cannot be kept is not taken. */
  keepRoute(route: Omit<RouteRecord, "format" | "generation">): void {
    const record: RouteRecord = { format: FORMAT_NUMBER, generation: (this.#route?.generation ?? 0) + 1, ...route };
    this.#writeRoute(record);
    this.#route = record;
  }

  /** Ended rollouts stay known. */
  forgetRoute(): void {
    this.#files.remove();
    this.#route = undefined;
  }

  /** The gateway has decided something itself. */
  countGeneration(): void {
    if (this.#route === undefined) return;
    this.#route = { ...this.#route, generation: this.#route.generation + 1 };
  }

  keepEnded(identity: string, ended: Ended): void {
    this.#ended = newest({ ...this.#ended, [identity]: ended }, MOST_ENDED);
  }

  /** How the rollout that a plan asks for was ended before. */
  endedBefore({ candidate, rollout: { identity } }: TrafficPlan): Ended | undefined {
    return candidate !== undefined && Object.hasOwn(this.#ended, identity) ? this.#ended[identity] : undefined;
  }

  note(kind: TrafficEvent["kind"], text: string): void {
    const event = { at: timestamp(this.#clock), kind, text };
    this.#events = [...this.#events, event].slice(-MOST_EVENTS);
    this.#log(`${event.at} ${kind}: ${text}`);
  }

  /** A disk that refuses leaves this `unsaved`. */
  save(rollout: Pick<RolloutRecord, "progress" | "trial">): void {
    if (this.#route === undefined) return;
    try {
      this.#files.writeRollout({
        format: FORMAT_NUMBER,
        ...rollout,
        since: this.since,
        ended: this.#ended,
        ...(this.rolledBack !== undefined && { rolledBack: this.rolledBack }),
        events: this.#events,
      });
      this.#writeRoute(this.#route);
      this.#unsaved = false;
    } catch (error) {
      this.#unsaved = true;
      this.#log(`in force, but not yet on the disk: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #writeRoute(record: RouteRecord): void {
    if (record === this.#writtenRoute) return;
    this.#files.writeRoute(record);
    this.#writtenRoute = record;
  }
}

function newest<Value>(record: Readonly<Record<string, Value>>, most: number): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).slice(-most));
}

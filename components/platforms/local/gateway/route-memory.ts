import type { TrafficEvent, TrafficStatus } from "../../../spec/status.ts";
import type { TrafficPlan } from "../../../spec/traffic.ts";
import { type Clock, timestamp } from "./clock.ts";
import {
  asksForTraffic,
  attemptOf,
  type Contents,
  contentOf,
  ended,
  endOfRollback,
  firstContents,
  type RolledBack,
  serving,
  tried,
} from "./content-memory.ts";
import type { Persistence, RolloutRecord, RouteRecord } from "./persistence.ts";
import { FORMAT } from "./record-files.ts";
import { endedBefore, type Memory, type StableChange } from "./refusal.ts";
import type { Ended } from "./rollout.ts";

const MOST_EVENTS = 200;
const MOST_LOSSES = 20;
const MOST_ENDED = 1_000;

/**
 * What the gateway knows of its route whatever rollout runs: the plan, what was taken away and stays so, and what
 * happened. A change holds in memory at once and is on the disk after `save`.
 */
export class RouteMemory {
  /** Since when traffic is divided as it is now. */
  since: string;
  rolledBack: RolledBack | undefined;
  /** A person took traffic back, and no plan has moved any since. */
  takenBack = false;
  readonly #files: Persistence;
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  #route: RouteRecord | undefined;
  #ended: Readonly<Record<string, Ended>> = {};
  #contents: Contents = {};
  #serving: string | undefined;
  #events: readonly TrafficEvent[] = [];
  #losses: NonNullable<TrafficStatus["losses"]> = [];
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

  get losses(): NonNullable<TrafficStatus["losses"]> {
    return this.#losses;
  }

  /** Something that stood in the files cannot be used any more. */
  noteLoss(what: string): void {
    this.#losses = [...this.#losses, { at: timestamp(this.#clock), what }].slice(-MOST_LOSSES);
    this.note("loss", what);
  }

  /** The disk has refused what is in force. */
  get unsaved(): boolean {
    return this.#unsaved;
  }

  /**
   * Reads the files. How far the rollout came is returned: it may be another plan's.
   * @param recovers the gateway that starts replaces what is damaged; one that is being replaced only follows
   */
  load(recovers: boolean): RolloutRecord | undefined {
    const route = recovers ? this.#files.recoverRoute() : this.#files.readRoute();
    const record = recovers ? this.#files.recoverRollout() : this.#files.readRollout();
    const known = rememberedIn(route, record, timestamp(this.#clock));
    this.#route = route;
    this.#ended = known.ended;
    this.#contents = known.contents;
    this.#serving = known.serving;
    this.rolledBack = route && rollbackInForce(route, record);
    this.takenBack = record?.takenBack ?? false;
    this.#losses = record?.losses ?? [];
    this.#events = record?.events ?? [];
    return record;
  }

  /** What plans are judged by. */
  judgedBy(isComplete: boolean): Memory {
    return {
      plan: this.#route?.plan,
      isComplete,
      serving: this.#serving,
      contents: this.#contents,
      ended: this.#ended,
      deprecatedSince: this.#route?.deprecatedSince ?? {},
    };
  }

  /** A plan is in force that changes what serves everybody in this way. */
  keepAccepted(plan: TrafficPlan, change: StableChange, before: TrafficPlan | undefined): void {
    const at = timestamp(this.#clock);
    if (change === "first") {
      this.#contents = { ...this.#contents, ...firstContents(plan, undefined, at) };
    } else if (change === "rollback" && this.#serving !== undefined) {
      const version = before?.stable ?? "";
      const reason = `a plan made ${plan.stable} stable again`;
      const end = { version, as: "stable", at, cause: "plan", reason } as const;
      this.#contents = ended(this.#contents, this.#serving, end);
    }
    const sha256 = contentOf(plan, plan.stable);
    this.#contents = serving(this.#contents, sha256, at, plan.override);
    this.#contents = tried(this.#contents, plan);
    this.#serving = sha256;
    this.rolledBack = undefined;
    if (change !== "none" || asksForTraffic(plan)) this.takenBack = false;
  }

  /** Who served everybody until now was rolled back, be it the stable version of the plan or one further back. */
  keepRolledBack(back: RolledBack, from: string, servingNow: string): void {
    if (this.#serving !== undefined) {
      this.#contents = ended(this.#contents, this.#serving, { ...endOfRollback(back), version: from });
    }
    this.#serving = servingNow;
    this.rolledBack = back;
    this.since = back.at;
  }

  /** The disk first: a route that cannot be kept is not taken. */
  keepRoute(route: Omit<RouteRecord, "format" | "generation">): void {
    const record: RouteRecord = { format: FORMAT, generation: (this.#route?.generation ?? 0) + 1, ...route };
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

  keepEnded(plan: TrafficPlan, end: Ended): void {
    const { candidate, rollout } = plan;
    this.#ended = newest({ ...this.#ended, [rollout.identity]: end }, MOST_ENDED);
    if (candidate === undefined) return;
    const attempt = attemptOf(plan);
    const content = { ...end, version: candidate, as: "candidate", attempt } as const;
    this.#contents = ended(this.#contents, contentOf(plan, candidate), content);
  }

  /** How the rollout that a plan asks for was ended before. */
  endedBefore(plan: TrafficPlan): Ended | undefined {
    return endedBefore(plan, { contents: this.#contents, ended: this.#ended });
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
        format: FORMAT,
        ...rollout,
        since: this.since,
        ended: this.#ended,
        contents: this.#contents,
        ...(this.#serving !== undefined && { serving: this.#serving }),
        ...(this.takenBack && { takenBack: true }),
        ...(this.rolledBack !== undefined && { rolledBack: this.rolledBack }),
        ...(this.#losses.length > 0 && { losses: this.#losses }),
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

/**
 * What the files of a gateway remember. Those of version 0.1.0 know no contents: what they tell of the plan in force is
 * taken for them. A plan that was written just before the process ended was accepted: what serves is its stable version.
 */
export function rememberedIn(
  route: RouteRecord | undefined,
  record: RolloutRecord | undefined,
  at: string,
): Pick<Memory, "contents" | "ended" | "serving"> {
  const byIdentity = record?.ended ?? {};
  if (route === undefined) {
    return { contents: record?.contents ?? {}, ended: byIdentity, serving: record?.serving };
  }
  const { plan } = route;
  const sha256 = contentOf(plan, rollbackInForce(route, record)?.to ?? plan.stable);
  const known = record?.contents ?? firstContents(plan, record, at);
  return { contents: serving(known, sha256, at), ended: byIdentity, serving: sha256 };
}

/** The rollback of what the plan in force makes stable. */
function rollbackInForce({ plan }: RouteRecord, record: RolloutRecord | undefined): RolledBack | undefined {
  const back = record?.rolledBack;
  if (back?.version !== plan.stable || back.sha256 !== contentOf(plan, plan.stable)) return undefined;
  const to = back.to ?? plan.previous;
  return to === undefined ? undefined : { ...back, to };
}

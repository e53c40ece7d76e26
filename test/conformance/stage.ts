import type { Capabilities } from "../../components/capabilities/index.ts";
import type { DataPlane } from "../../components/platforms/data-plane.ts";
import type { TrafficPlan } from "../../components/traffic/plan.ts";

/** What a client asks for, beside an answer; each platform has its own way to say it. */
export interface Wish {
  /** The version that is to answer. @default whoever the plan gives the request to */
  readonly version?: string;
  /** Who asks. @default somebody new each time */
  readonly session?: string;
}

/** What a client got. */
export interface Answer {
  /** Absent when no version answered. */
  readonly version?: string | undefined;
  readonly status: number;
  /** Lower case names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A platform with one endpoint on it and models behind it that answer every request well. */
export interface Stage {
  readonly capabilities: Capabilities;
  /** Name of the endpoint. */
  readonly endpoint: string;
  readonly dataPlane: DataPlane;
  /** Brings a plan into force, as the engine would. Rejects when it is refused. */
  readonly deploy: (plan: TrafficPlan) => Promise<void>;
  /** Sends so many requests, one after the other or side by side, and waits for every answer. */
  readonly send: (requests: number, wish?: Wish) => Promise<readonly Answer[]>;
  /** What decides is killed, and started again. */
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** One thing that holds wherever a platform is able to do what it is about. */
export interface Fact {
  readonly name: string;
  readonly applies: (capabilities: Capabilities) => boolean;
  /** @throws Error when it is not so; `stage` is new, and closed by whoever opened it */
  readonly check: (stage: Stage) => Promise<void>;
}

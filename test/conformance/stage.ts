import type { DataPlane } from "../../components/platforms/data-plane.ts";
import type { Capabilities } from "../../components/platforms/platform.ts";
import type { TrafficPlan } from "../../components/traffic/plan.ts";

/** What decides which facts a platform is held to. */
export interface Able extends Capabilities {
  /** A request may name the version that is to answer it. */
  readonly pinning: boolean;
  /** A retired version answers 410, one on its way out says so in its headers. */
  readonly gone: boolean;
  /** Until an abort is in force everywhere, in seconds. */
  readonly abortSeconds: number;
  /** It takes outcomes that are known later than the answer. */
  readonly feedback: boolean;
}

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
  readonly capabilities: Able;
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
  readonly applies: (capabilities: Able) => boolean;
  /** @throws Error when it is not so; `stage` is new, and closed by whoever opened it */
  readonly check: (stage: Stage) => Promise<void>;
}

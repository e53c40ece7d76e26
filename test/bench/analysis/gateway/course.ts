import type { TrafficPlan } from "../../../../components/traffic/plan.ts";
import { stablePlan } from "../../../support/plans.ts";
import type { Random } from "../draw.ts";
import type { Outcome } from "../scenario.ts";
import { Endpoint, type Servers } from "./endpoint.ts";
import type { Behaviour } from "./server.ts";
import { inWorld, type World } from "./world.ts";

/** A rollout behind a simulated gateway. */
export interface Course {
  readonly plan: TrafficPlan;
  readonly servers: (world: World) => Servers;
  /** Requests a second that are expected. */
  readonly perSecond: number;
  /** The longest that it is watched, in s. */
  readonly seconds: number;
  /** So many callers ask all requests, each under a session of its own. Absent: each request stands alone. */
  readonly callers?: number;
  /** Is told of each answer with its prediction id. */
  readonly answered?: (predictionId: string, endpoint: Endpoint, world: World) => void;
  /** Is told after each second. */
  readonly watched?: (endpoint: Endpoint) => void;
}

/** How a rollout went. */
export interface Went {
  /** It was completed, on the last step of its plan. */
  readonly complete: boolean;
  readonly stopped: boolean;
  /** From its beginning to its end, or for as long as it was watched. */
  readonly seconds: number;
  /** Why it was stopped, for people. */
  readonly reason: string;
}

/** Stable alone, for so long, before the rollout begins: what it answers then teaches the judge. */
const BEFORE_MS = 60_000;
/** Addresses that requests come from. */
const ADDRESSES = 2_000;

/** Watches a rollout until it is complete or stopped. */
export function take(random: Random, { plan, servers, perSecond, seconds, callers, answered, watched }: Course): Went {
  return inWorld(random, (world) => {
    const endpoint = new Endpoint(world, servers(world));
    try {
      const told = answered && ((predictionId: string) => answered(predictionId, endpoint, world));
      let asked = 0;
      world.arrivals(perSecond, () => {
        const caller = callers === undefined ? undefined : `caller-${Math.floor(callers * random())}`;
        endpoint.ask({
          input: String(asked++),
          source: caller ?? `address-${Math.floor(ADDRESSES * random())}`,
          ...(caller !== undefined && { session: caller }),
          ...(told !== undefined && { answered: told }),
        });
      });
      const { candidate: _, weight: __, rollout: ___, ...rest } = plan;
      endpoint.deploy(stablePlan(rest));
      world.pass(BEFORE_MS);
      endpoint.deploy(plan);
      const { controller } = endpoint;
      const isOver = (): boolean =>
        controller.progress?.phase === "complete" || controller.progress?.phase === "aborted";
      for (let second = 0; second < seconds && !isOver(); second++) {
        world.pass(1_000, isOver);
        watched?.(endpoint);
      }
      const { phase, ended } = controller.progress ?? {};
      return {
        complete: phase === "complete",
        stopped: phase === "aborted",
        seconds: (world.now - BEFORE_MS) / 1000,
        reason: ended?.reason ?? "",
      };
    } finally {
      endpoint.end();
    }
  });
}

/** Both versions, each with a behaviour of its own that is drawn alike. */
export const alike = (behaviour: () => Behaviour): Servers => ({ v1: behaviour(), v2: behaviour() });

/** What a scenario keeps of a rollout. */
export function outcomeOf(random: Random, course: Course): Outcome {
  const { complete, stopped, seconds } = take(random, course);
  return { complete: Number(complete), stopped: Number(stopped), minutes: seconds / 60 };
}

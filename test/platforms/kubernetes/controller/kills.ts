import fc from "fast-check";
import { pass, takeBack } from "../../../../components/platforms/kubernetes/controller/index.ts";
import { climbing } from "../../../rollout/inputs.ts";
import { type End, ends } from "../../../rollout/kills.ts";
import { stablePlan } from "../../../support/plans.ts";
import { DrivenEndpoint } from "./endpoint.ts";

/** The laws of test/rollout/kills.ts on the controller itself: every call it makes, and not those of a stand-in. */

class Killed extends Error {}

const MOST_PASSES = 60;

/** Dies before or after its n-th call; -1 for never. @returns how many calls were made */
async function run(endpoint: DrivenEndpoint, index: number, after: boolean): Promise<number> {
  let calls = 0;
  let mine = -1;
  endpoint.cluster.before = async () => {
    mine = calls++;
    if (mine === index && !after) throw new Killed();
    return undefined;
  };
  endpoint.cluster.after = async () => {
    if (mine === index && after) throw new Killed();
  };
  for (let i = 0; i < MOST_PASSES && !isOver(endpoint); i++) {
    endpoint.passed();
    try {
      await pass(endpoint.world(), endpoint.target);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }
  return calls;
}

const isOver = (endpoint: DrivenEndpoint): boolean => {
  const { state, fence, endings } = endpoint.kept;
  const phase = state.progress?.phase ?? "";
  return (
    ["complete", "aborted"].includes(phase) && endpoint.annotation("fence") === String(fence) && endings.length === 0
  );
};

/** An endpoint whose candidate has just been asked for. */
async function began(failing: number): Promise<DrivenEndpoint> {
  const endpoint = new DrivenEndpoint({ ...stablePlan(), versions: climbing().versions });
  await pass(endpoint.world(), endpoint.target);
  endpoint.plan(climbing());
  endpoint.failing = failing;
  return endpoint;
}

/** How a rollout ended whose controller was killed once. */
export interface KilledRun {
  readonly call: string;
  readonly phase: string | undefined;
  /** The candidate's at the route, in basis points. */
  readonly weight: number;
  /** How often people were told of an end, by the state's own list. */
  readonly endings: number;
}

/** One rollout for each call of an undisturbed one, and for either side of the call. */
export async function killedAtEveryCall({ failing }: Pick<End, "failing">): Promise<readonly KilledRun[]> {
  const calls = await run(await began(failing), -1, false);
  const runs: KilledRun[] = [];
  for (let index = 0; index < calls; index++) {
    for (const after of [false, true]) {
      const endpoint = await began(failing);
      await run(endpoint, index, after);
      const { state } = endpoint.kept;
      const endings = state.events.filter(({ kind }) => kind === "abort" || kind === "complete").length;
      const call = `${after ? "after" : "before"} call ${index}`;
      runs.push({ call, phase: state.progress?.phase, weight: endpoint.weight, endings });
    }
  }
  return runs;
}

/** Those that did not end right. */
export const wronglyEnded = async (): Promise<{ readonly kills: number; readonly wrong: readonly KilledRun[] }> => {
  const all = await Promise.all(
    ends.map(async (end) => {
      const runs = await killedAtEveryCall(end);
      const wrong = runs.filter(
        ({ phase, weight, endings }) => phase !== end.phase || weight !== end.weight || endings !== 1,
      );
      return { kills: runs.length, wrong };
    }),
  );
  return { kills: all.reduce((sum, { kills }) => sum + kills, 0), wrong: all.flatMap(({ wrong }) => wrong) };
};

/**
 * Three controllers at once, and a person who aborts after so many waits, in the scheduler's order.
 * @returns the candidate's weights that the route had since the end, in basis points; undefined when it never ended
 */
async function race(scheduler: fc.Scheduler, abortAt: number): Promise<readonly number[] | undefined> {
  const endpoint = await began(0.01);
  const since: number[] = [];
  // Also when somebody takes the end from the route again.
  let isEnded = false;
  endpoint.cluster.before = async (verb) => {
    await scheduler.schedule(Promise.resolve(), verb);
    return undefined;
  };
  endpoint.cluster.after = async () => {
    isEnded ||= endpoint.annotation("ended") === "rollout-1";
    if (isEnded) since.push(endpoint.weight);
  };
  const controller = async (name: string): Promise<void> => {
    for (let i = 0; i < 8; i++) {
      endpoint.passed();
      await pass(endpoint.world(name), endpoint.target);
    }
  };
  const person = async (): Promise<void> => {
    for (let i = 0; i < abortAt; i++) await scheduler.schedule(Promise.resolve(), "waits");
    while (!isEnded) await takeBack(endpoint.world("jo"), endpoint.target, { kind: "abort", reason: "by hand" });
  };
  await scheduler.waitFor(Promise.all([controller("a"), controller("b"), controller("c"), person()]));
  endpoint.cluster.before = async () => undefined;
  for (let i = 0; i < 3; i++) await pass(endpoint.world(), endpoint.target);
  since.push(endpoint.weight);
  return endpoint.kept.state.ended["rollout-1"] === undefined ? undefined : since;
}

const SEED = 1;

/** How many ended candidates got traffic again, or were never ended, in so many races. */
export async function endedReopened(races: number): Promise<number> {
  let reopened = 0;
  for (const [scheduler, abortAt] of fc.sample(fc.tuple(fc.scheduler(), fc.nat({ max: 20 })), {
    numRuns: races,
    seed: SEED,
  })) {
    const since = await race(scheduler, abortAt);
    if (since === undefined || since.some((weight) => weight > 0)) reopened++;
  }
  return reopened;
}

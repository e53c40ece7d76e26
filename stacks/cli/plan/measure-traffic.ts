import { setTimeout as sleep } from "node:timers/promises";
import { HISTORY_UNITS, type Verdict } from "../../../components/analysis/index.ts";
import { errorRate, type Guard } from "../../../components/guards/index.ts";
import type { DataPlane } from "../../../components/platforms/data-plane.ts";
import type { TrafficStatus } from "../../../components/traffic/index.ts";
import { exitCodes, Failure, usageFailure } from "../failure.ts";

/** Requests that are enough to tell how many come, and the longest that is waited for them. */
const ENOUGH_REQUESTS = 100;
const LONGEST_MS = 10_000;
const LOOK_MS = 1_000;

/** A figure, and where it comes from. */
export interface Measured {
  readonly value: number;
  /** For people: `1,204 requests in 10 s`. */
  readonly from: string;
}

/** The endpoint of a stack that answers for a model. @throws Failure (2) when none does, or several do */
export async function runningStatus(dataPlane: DataPlane, model: string, cure: string): Promise<TrafficStatus> {
  const endpoints = await dataPlane.endpoints({ model });
  const [only, ...others] = endpoints;
  if (only === undefined) throw usageFailure(`Nothing serves ${model} on this machine that could be asked. ${cure}`);
  if (others.length > 0) throw usageFailure(`${endpoints.length} endpoints serve ${model}. ${cure}`);
  const answer = await dataPlane.status(only.endpoint);
  if (answer.status === undefined) {
    throw new Failure(exitCodes.error, `Endpoint ${only.endpoint} does not answer: ${answer.error}. ${cure}`);
  }
  return answer.status;
}

/** How many requests come in a second: counted until there are a hundred, for ten seconds at most. @throws Failure (2) when none comes */
export async function measureRate(look: () => Promise<TrafficStatus>, cure: string): Promise<Measured> {
  const first = await look();
  for (;;) {
    await sleep(LOOK_MS);
    const now = await look();
    const requests = countOf(now) - countOf(first);
    const ms = Date.parse(now.at) - Date.parse(first.at);
    if (requests < ENOUGH_REQUESTS && ms < LONGEST_MS) continue;
    if (requests <= 0 || ms <= 0) throw usageFailure(`No request came in ${Math.round(ms / 1000)} s. ${cure}`);
    const seconds = ms / 1000;
    return { value: requests / seconds, from: `${requests} requests in ${Math.round(seconds)} s` };
  }
}

const countOf = ({ requests }: TrafficStatus): number =>
  Object.values(requests).reduce((sum, each) => sum + each.requests, 0);

/**
 * Stable's rate of what a guard watches: what the running rollout has compared, or what errorRate has counted.
 * @throws Failure (2) when less than 200 units are known
 */
export function measureBaseline(status: TrafficStatus, { metric }: Guard, cure: string): Measured {
  const { plan, requests, rollout } = status;
  const verdict = rollout.verdict as Verdict | undefined;
  const compared = verdict?.evidence.guards.find(({ name }) => name === metric)?.comparisons[0]?.stable;
  const counted = requests[plan.stable];
  const seen =
    compared !== undefined && compared.units >= HISTORY_UNITS
      ? { events: compared.events, units: compared.units }
      : metric === errorRate.metric && counted !== undefined
        ? { events: counted.errors, units: counted.requests }
        : { events: 0, units: 0 };
  if (seen.units < HISTORY_UNITS) {
    throw usageFailure(
      `What stable's ${metric} is cannot be told from ${seen.units} units; it takes ${HISTORY_UNITS}. ${cure}`,
    );
  }
  // As the judge begins: none of a few is not never.
  const value = (seen.events + 0.5) / (seen.units + 1);
  return { value, from: `${seen.events} of ${seen.units} of ${plan.stable}` };
}

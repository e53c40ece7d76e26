import { performance } from "node:perf_hooks";
import { isError, NO_ANSWER } from "./counters.ts";
import type { Traffic } from "./traffic.ts";
import type { AnswerHandler, UpstreamRequest } from "./upstream.ts";

/** Copies under way at once; more are dropped and counted, so that a slow candidate costs memory only so far. */
const MOST_IN_FLIGHT = 32;

/**
 * Sends a copy of an answered request to the candidate and throws the answer away. It is sent after the answer, so it
 * can not slow it; the pair (stable's status, the copy's) is what the shadow step is judged on.
 */
export function sendCopy(traffic: Traffic, request: UpstreamRequest, version: string, stableStatus: number): void {
  const upstream = traffic.upstreams.get(version);
  if (traffic.copiesInFlight >= MOST_IN_FLIGHT) {
    traffic.copiesDropped++;
    return;
  }
  const { copies } = traffic.comparison;
  const settle = (status: number): void => {
    traffic.copiesInFlight--;
    traffic.counterOf(version).shadowed++;
    copies.requests++;
    if (isError(status)) copies.errors++;
    if (isError(stableStatus)) copies.stableErrors++;
  };
  traffic.copiesInFlight++;
  const now = performance.now();
  traffic.lastCandidateAt = now;
  if (upstream === undefined || upstream.isEjected(now)) {
    settle(NO_ANSWER);
    return;
  }
  let status = NO_ANSWER;
  const handler: AnswerHandler = {
    onHead: (code) => {
      status = code;
    },
    onBody: () => {},
    onEnd: () => settle(status),
    onFailure: () => settle(NO_ANSWER),
  };
  upstream.send(request, handler);
}

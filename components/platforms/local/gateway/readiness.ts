import type { IncomingMessage, ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { answerGet } from "./request-refusal.ts";
import type { Traffic } from "./traffic.ts";

/** What stable says of itself holds for so long, in ms. */
const READINESS_KEPT_MS = 1_000;

/** Answers whether the endpoint is ready: stable says so, asked at most once a second. */
export function createReadiness(
  traffic: Traffic,
): (instance: string, request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let asked: { readonly stable: string; readonly at: number; readonly ready: Promise<boolean> } | undefined;
  return async (instance, request, response) => {
    const stable = traffic.routing?.stable;
    const upstream = stable === undefined ? undefined : traffic.upstreams.get(stable);
    if (stable === undefined || upstream === undefined) {
      answerGet(request, response, 503, { ready: false, instance, reason: "there is no traffic plan yet" });
      return;
    }
    const now = performance.now();
    if (asked === undefined || asked.stable !== stable || now - asked.at > READINESS_KEPT_MS) {
      asked = { stable, at: now, ready: upstream.isReady() };
    }
    const ready = await asked.ready;
    const reason = ready ? {} : { reason: `stable version ${stable} does not answer` };
    answerGet(request, response, ready ? 200 : 503, { ready, instance, ...reason });
  };
}

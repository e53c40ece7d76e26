import { performance } from "node:perf_hooks";
import { MOST_PIN_BYTES } from "./pins.ts";
import { type Routing, resolvePin } from "./router.ts";
import type { Traffic } from "./traffic.ts";
import type { Refused } from "./unserved.ts";

/** Why a request that names this version is sent to none; undefined when the version may be asked. */
export function refusalOfPin(traffic: Traffic, routing: Routing, name: string): Refused | undefined {
  const pin = resolvePin(routing, name);
  if (pin.kind === "version") return undefined;
  if (pin.kind === "unknown") {
    const error = `${routing.model} has no version ${name}`;
    return { status: 404, document: { error, versions: [...routing.versions] } };
  }
  const { successor, sunset } = pin.notice;
  const error = `version ${name} of ${routing.model} was retired; use ${successor}`;
  const headers = traffic.noticeHeaders.get(name);
  return { status: 410, document: { error, version: name, successor, sunset }, ...(headers && { headers }) };
}

/** Whether the version is the one on trial: its load is drawn, so that few requests may name it. */
export const isOnTrial = ({ candidate, stable }: Routing, version: string): boolean =>
  version === candidate && version !== stable;

/**
 * Takes one of the few requests that may name the version on trial: whoever named it often would be its load, and those
 * drawn for it would be late. Undefined when it is taken: then it has to be given back.
 */
export function takePin({ pins }: Traffic, name: string, bytes: number): Refused | undefined {
  const onTrial = `${name} is on trial and answers`;
  if (bytes > MOST_PIN_BYTES) {
    const error = `${onTrial} requests that name it up to ${MOST_PIN_BYTES} bytes; leave the version out`;
    return { status: 413, document: { error } };
  }
  if (pins.take(performance.now())) return undefined;
  const error = `${onTrial} few requests that name it, one after the other; leave the version out, or ask again later`;
  return { status: 429, document: { error }, headers: ["retry-after", "1"] };
}

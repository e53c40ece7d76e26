import type { RouteDocument } from "./controller.ts";

/** What came is not a plan and its servers. */
export class RouteDocumentError extends Error {}

/**
 * Reads what came to PUT /admin/route. The plan was made by this library from a checked release; what is checked here is
 * what would break the gateway.
 * @throws RouteDocumentError naming the field, what was seen and what is allowed.
 */
export function parseRouteDocument(document: unknown): RouteDocument {
  const { plan, servers } = object("body", document);
  const fields = object("plan", plan);
  const versions = object("plan.versions", fields.versions);
  const rollout = object("plan.rollout", fields.rollout);
  object("plan.notices", fields.notices);
  expect("plan.model", fields.model, typeof fields.model === "string" && fields.model !== "", "a name");
  for (const role of ["stable", "candidate", "previous"] as const) {
    const version = fields[role];
    if (version === undefined && role !== "stable") continue;
    const isDeployed = typeof version === "string" && Object.hasOwn(versions, version);
    expect(`plan.${role}`, version, isDeployed, `one of plan.versions (${Object.keys(versions).join(", ")})`);
  }
  const { weight, shadow } = fields;
  const isWeight = typeof weight === "number" && Number.isInteger(weight) && weight >= 0 && weight <= 10_000;
  expect("plan.weight", weight, isWeight, "a whole number of basis points from 0 to 10000");
  expect("plan.shadow", shadow, typeof shadow === "boolean", "true or false");
  expect("plan.rollout.identity", rollout.identity, typeof rollout.identity === "string", "a text");
  for (const list of ["steps", "guards"] as const) {
    expect(`plan.rollout.${list}`, rollout[list], Array.isArray(rollout[list]), "a list");
  }
  for (const span of ["bakeMs", "maxDurationMs", "alpha", "beta"] as const) {
    expect(`plan.rollout.${span}`, rollout[span], typeof rollout[span] === "number", "a number");
  }
  const sockets = object("servers", servers);
  for (const [version, socket] of Object.entries(sockets)) {
    expect(`servers.${version}`, socket, typeof socket === "string" && socket !== "", "the path of a socket");
  }
  expect("servers", sockets, Object.hasOwn(sockets, String(fields.stable)), `a socket for ${fields.stable}`);
  return document as RouteDocument;
}

function object(path: string, value: unknown): Readonly<Record<string, unknown>> {
  expect(path, value, typeof value === "object" && value !== null && !Array.isArray(value), "an object");
  return value as Readonly<Record<string, unknown>>;
}

function expect(path: string, seen: unknown, holds: boolean, allowed: string): void {
  if (!holds)
    throw new RouteDocumentError(`${path}: saw ${JSON.stringify(seen)?.slice(0, 200)}; allowed is ${allowed}`);
}

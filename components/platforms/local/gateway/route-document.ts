import { expect, object, readPlan } from "../../../rollout/index.ts";
import { contentForm, isContent, withContent } from "../../../sources/content.ts";
import type { TrafficPlan } from "../../../traffic/plan.ts";

/** A plan, and where its versions answer. */
export interface RouteDocument {
  readonly plan: TrafficPlan;
  /** The socket of each version, relative to the state folder. */
  readonly servers: Readonly<Record<string, string>>;
}

/**
 * Reads what came to PUT /admin/route, or stands in the gateway's file: every field that the gateway reads is checked
 * before it is written or obeyed.
 * @throws PlanError naming the field, what was seen and what is allowed.
 */
export function parseRouteDocument(document: unknown): RouteDocument {
  const { plan: written, servers } = object("body", document);
  const fields = object("plan", written);
  const versions = readVersions(object("plan.versions", fields.versions));
  const plan = readPlan("plan", { ...fields, versions });
  const sockets = object("servers", servers);
  for (const [version, socket] of Object.entries(sockets)) {
    expect(`servers.${version}`, socket, typeof socket === "string" && socket !== "", "the path of a socket");
  }
  expect("servers", sockets, Object.hasOwn(sockets, plan.stable), `a socket for ${plan.stable}`);
  return { ...(document as RouteDocument), plan };
}

function readVersions(versions: Readonly<Record<string, unknown>>): TrafficPlan["versions"] {
  const read = Object.entries(versions).map(([name, version]) => {
    const { content, ...rest } = withContent(object(`plan.versions.${name}`, version));
    expect(`plan.versions.${name}.content`, content, isContent(content), contentForm);
    return [name, { ...rest, content: content as string }] as const;
  });
  return Object.fromEntries(read);
}

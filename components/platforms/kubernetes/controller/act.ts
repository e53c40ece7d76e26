import { type Answer, configMapPath, httpRoutePath, withPatience } from "../cluster/index.ts";
import { annotations } from "../route/annotations.ts";
import type { RouteRule } from "../route/http-route.ts";
import { rulesOf, splitIn } from "../route/rules.ts";
import { isAlike, type Split, shareIn } from "../route/split.ts";
import type { Intent } from "./intent.ts";
import { type Kept, STATE_KEY, writeKept } from "./kept.ts";
import { refused, type SeenRoute, type Stopped, stop } from "./look.ts";
import type { ConfigMap, HttpRoute } from "./objects.ts";
import type { Target, World } from "./world.ts";

/** Keeps a state, if nobody has since the one that was read. Never tried again: the next pass decides anew. */
export function keep({ client }: World, { namespace }: Target, map: ConfigMap, kept: Kept): Promise<Answer<ConfigMap>> {
  return client.replace<ConfigMap>(configMapPath(namespace, map.metadata.name), {
    ...map,
    apiVersion: "v1",
    kind: "ConfigMap",
    data: { ...map.data, [STATE_KEY]: writeKept(kept) },
  });
}

/**
 * Makes the route what is intended: rules and records in one write, if nobody has written since it was read. What takes
 * traffic from a candidate is tried again while the server is away; what gives it some never is.
 * @param fence the state that it is written for
 */
export async function act(
  world: World,
  { namespace, name }: Target,
  seen: SeenRoute,
  {
    intent,
    state,
  }: { readonly intent: Pick<Intent, "split" | "ended">; readonly state: Pick<Kept["state"], "deprecatedSince"> },
  fence: number,
): Promise<HttpRoute | Stopped> {
  const rules = rulesFor(seen, intent.split, state.deprecatedSince);
  if ("problem" in rules) return rules;
  const by = { who: world.who, now: world.now() };
  const patch = routePatch(seen.route, { fence: String(fence), ended: intent.ended, rules }, by);
  const attempt = () => world.client.merge<HttpRoute>(httpRoutePath(namespace, name), patch);
  const answer = isLowering(seen, intent) ? await withPatience(attempt, world) : await attempt();
  if (answer.kind !== "ok") return refused(answer, `HTTPRoute ${namespace}/${name}`, "deploy the endpoint");
  const written = splitIn(seen.order, answer.body.spec?.rules ?? []);
  if (written !== undefined && isAlike(written, intent.split)) return answer.body;
  return stop(
    `HTTPRoute ${namespace}/${name}: the server has kept other rules than were written. Look what changes them`,
  );
}

/**
 * Rules and records of a route in one write, which is taken only from who has seen the last one.
 * @param written.fence the state that it is written for @param written.ended the identity of the rollout that was ended
 */
export const routePatch = (
  { metadata: { resourceVersion } }: HttpRoute,
  { fence, ended, rules }: { readonly fence: string; readonly ended: string; readonly rules: readonly RouteRule[] },
  { who, now }: { readonly who: string; readonly now: number },
): object => ({
  metadata: {
    resourceVersion,
    annotations: {
      [annotations.fence]: fence,
      [annotations.ended]: ended,
      [annotations.writtenBy]: `${who} ${new Date(now).toISOString()}`,
    },
  },
  spec: { rules },
});

function rulesFor(seen: SeenRoute, split: Split, deprecatedSince: Readonly<Record<string, number>>) {
  try {
    return rulesOf(seen.order, split, { deprecatedSince, before: seen.rules });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return stop(`HTTPRoute ${seen.route.metadata.name}: ${error.message}`);
  }
}

/** The candidate gets no more than it has. */
export const isLowering = ({ live, order }: SeenRoute, { split }: Pick<Intent, "split">): boolean => {
  const { candidate } = order.traffic;
  if (candidate === undefined) return true;
  const had = live === undefined ? 0 : shareIn(live, candidate);
  return shareIn(split, candidate) <= had && (split.mirrored === undefined || split.mirrored === live?.mirrored);
};

import { bad, type EndpointChoice, type EndpointLook, type Finding, type Look, note } from "../../data-plane.ts";
import { type Kept, look as lookIn, type Seen, type Stopped } from "../controller/index.ts";
import { describeSplit, isAlike, type Split } from "../route/split.ts";
import { gatewayUrl, lookAtAcceptance } from "./gateway-looks.ts";
import { lookAtPods } from "./pod-looks.ts";
import { findRoutes, type StackRoute } from "./routes.ts";
import { answerOf } from "./status.ts";
import type { Cluster } from "./where.ts";
import { worldOf } from "./world.ts";

/** Asks every route of a stack, and the pods behind it. @throws HostError when the cluster does not tell */
export async function look(cluster: Cluster, stack: string, choice: EndpointChoice): Promise<Look> {
  const routes = await findRoutes(cluster, stack, choice);
  const looks = await Promise.all(routes.map((route) => lookAt(cluster, route)));
  return {
    endpoints: looks.map(({ endpoint }) => endpoint),
    findings: looks.flatMap(({ findings }) => findings).filter((finding) => !finding.ok || finding.note),
  };
}

/** One route, with what is wrong with it. */
export async function lookAt(
  cluster: Cluster,
  route: StackRoute,
): Promise<{ readonly endpoint: EndpointLook; readonly findings: readonly Finding[] }> {
  const world = worldOf(cluster);
  const target = { namespace: cluster.namespace, name: route.endpoint };
  const [seen, pods, url] = await Promise.all([
    lookIn(world, target),
    lookAtPods(cluster, route),
    gatewayUrl(cluster, route),
  ]);
  const answer = answerOf(route.endpoint, seen, world.now());
  const stable = answer.status?.plan.stable ?? route.plan?.stable ?? "";
  return {
    endpoint: { ...answer, url, serves: pods.ready[stable] !== 0 && route.plan !== undefined },
    findings: [...findingsOf(route, seen), ...lookAtAcceptance(cluster, route), ...pods.findings],
  };
}

function findingsOf({ endpoint, damage }: StackRoute, seen: Seen | Stopped): readonly Finding[] {
  const check = `route ${endpoint}`;
  if (damage !== undefined) return [bad(check, damage, "pulumi up writes it anew")];
  if (seen.kind !== "seen") return [bad(check, seen.problem, "do what it says; traffic stays as it is until then")];
  return seen.kept === undefined ? [] : findDrift(check, seen, seen.kept);
}

/** The route does not divide as was written, or asks for what is not taken. */
function findDrift(
  check: string,
  { live, fence, order }: Seen,
  { fence: written, intent, state }: Kept,
): readonly Finding[] {
  const isOther = fence === written && (live === undefined || !isAlike(live, intent.split));
  const refused = state.events.findLast(({ kind }) => kind === "plan");
  const isWaiting = state.plan?.rollout.identity !== order.traffic.rollout.identity;
  return [
    ...(isOther
      ? [bad(check, `somebody has edited it: ${describe(live)}, and ${describe(intent.split)} was written`, EDITED)]
      : []),
    ...(isWaiting
      ? [note(check, `the program's plan is not in force (yet): ${refused?.text ?? "no pass has been made since"}`)]
      : []),
  ];
}

const EDITED =
  "nobody climbs until it is as it was; to give it back, change anything in the rollout and run pulumi up, or mlc abort";

const describe = (split: Split | undefined): string =>
  split === undefined ? "its rules are somebody else's" : describeSplit(split);

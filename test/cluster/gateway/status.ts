import type { Api } from "../control-plane/api.ts";
import { CONTROLLER } from "./controller-name.ts";
import type { HttpRoute } from "./table.ts";

const API = "/apis/gateway.networking.k8s.io/v1/namespaces";

/** Says that the Gateway is accepted and programmed, as its implementation does. @param gateway `namespace/name` */
export async function reportGateway(api: Api, gateway: string): Promise<void> {
  const [namespace, name] = gateway.split("/");
  const status = {
    addresses: [{ type: "IPAddress", value: "127.0.0.1" }],
    conditions: conditionsOf(["Accepted", "Programmed"], 1),
  };
  await report(api, `${API}/${namespace}/gateways/${name}/status`, status);
}

/** Says on each parent that the route is accepted, once a generation. */
export async function reportRoute(api: Api, { metadata, spec, status }: HttpRoute): Promise<void> {
  const { namespace, name, generation = 1 } = metadata;
  const reported = status?.parents?.[0]?.conditions?.[0]?.observedGeneration;
  if (reported === generation) return;
  const parents = (spec.parentRefs ?? []).map((parentRef) => ({
    parentRef,
    controllerName: CONTROLLER,
    conditions: conditionsOf(["Accepted", "ResolvedRefs"], generation),
  }));
  await report(api, `${API}/${namespace}/httproutes/${name}/status`, { parents });
}

const conditionsOf = (types: readonly string[], observedGeneration: number) =>
  types.map((type) => ({
    type,
    status: "True",
    reason: type,
    message: "",
    observedGeneration,
    lastTransitionTime: new Date().toISOString().replace(/\.\d+/, ""),
  }));

/** An object that is gone meanwhile needs no status. */
async function report(api: Api, path: string, status: object): Promise<void> {
  const answer = await api.send("PATCH", path, { status }, "application/merge-patch+json");
  if (answer.status !== 200 && answer.status !== 404)
    throw new Error(`${path}: ${answer.status} ${answer.body.message}`);
}

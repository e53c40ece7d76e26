import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Capabilities } from "../../../components/capabilities/index.ts";
import { kubernetesCapabilities } from "../../../components/platforms/kubernetes/capabilities.ts";
import { createClient } from "../../../components/platforms/kubernetes/cluster/index.ts";
import { pass, type World } from "../../../components/platforms/kubernetes/controller/index.ts";
import { locate } from "../../../components/platforms/kubernetes/data-plane/index.ts";
import type { RouteRule } from "../../../components/platforms/kubernetes/route/http-route.ts";
import { seeded } from "../../analysis/random-traffic.ts";
import type { Answer, Stage } from "../../conformance/stage.ts";
import { startApiStandIn } from "./api-stand-in.ts";
import { askFor, deploy, pathsOf, writeKubeconfig } from "./deployed.ts";
import { orderOf } from "./route/orders.ts";
import { answerBy } from "./route-follower.ts";

/** What this platform is held to here. What answers 410 is a container: the lane `cluster` has it. */
export const abilities: Capabilities = {
  ...kubernetesCapabilities({ gateway: { kind: "envoy" }, prometheus: {} }),
  gone: false,
};

const MODEL = "sentiment";
/** Between so many requests others get their turn, as on a network. */
const AT_ONCE = 25;

/**
 * The data plane and the controller's pass against an API server over HTTP, and a gateway that follows the route. Server
 * and gateway are stand-ins (`api-stand-in.ts`, `route-follower.ts` say what they cannot prove).
 */
export async function openKubernetes(): Promise<Stage> {
  const api = await startApiStandIn();
  const folder = mkdtempSync(join(tmpdir(), "mlc-kubernetes-"));
  const kubeconfig = join(folder, "config");
  writeKubeconfig(kubeconfig, api.url);
  const paths = pathsOf(MODEL);
  const random = seeded(7);
  let isDeployed = false;
  let order = orderOf();
  const client = createClient({ access: { url: api.url, namespace: "ml" }, fieldManager: "test" });
  const world: World = {
    client,
    counts: async () => ({ intervals: [], cursor: { at: 0, targets: {} }, notes: [] }),
    now: () => Date.now(),
    wait: async () => {},
    random: () => 0.5,
    who: "controller test",
  };
  const target = { namespace: "ml", name: MODEL };
  return {
    capabilities: abilities,
    endpoint: MODEL,
    dataPlane: locate({
      ...{ root: folder, stack: "dev", project: "conformance", env: { KUBECONFIG: kubeconfig } },
      setting: () => undefined,
    }),
    async deploy(plan) {
      order = orderOf(plan);
      if (isDeployed) askFor(api, MODEL, plan);
      else deploy(api, { project: "conformance", stack: "dev", model: MODEL }, plan);
      isDeployed = true;
      const passed = await pass(world, target);
      if (passed.kind !== "done") throw new Error(passed.problem);
      const { state } = passed.kept;
      if (!isDeepStrictEqual(state.plan, plan)) throw new Error(state.events.at(-1)?.text);
    },
    async send(requests, { version } = {}) {
      const answers: Answer[] = [];
      while (answers.length < requests) {
        if (answers.length % AT_ONCE === 0) await turn();
        const { spec } = api.read<{ readonly spec: { readonly rules: readonly RouteRule[] } }>(paths.route);
        answers.push(answerBy(spec.rules, order, version, random));
      }
      return answers;
    },
    async restart() {
      await pass(world, target);
    },
    async close() {
      client.close();
      await api[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

import { request } from "undici";
import { ENDPOINT } from "../../../examples/sentiment-api/demo/on-kubernetes.ts";
import type { ClusterStage } from "../../../examples/stage/cluster/cluster-stage.ts";
import { openLedger } from "../lifecycle/ledger.ts";
import { variablesOf } from "../lifecycle/program.ts";
import { startProgramPods } from "../lifecycle/program-pods.ts";
import { answering } from "../lifecycle/rollouts.ts";
import { GATEWAY, NAMESPACE, openTestBed, SCRAPE_SECONDS } from "../test-bed/index.ts";

const WHAT =
  "real: a Kubernetes control plane with kwok's nodes, Envoy and Prometheus on loopback; pods answer without a model, and are not judged by latency";
/** As the example's release has it. */
const HOST = "sentiment.example.com";

interface Listed {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

/** The lane's cluster as a stage of the demo. */
export async function openRealCluster(): Promise<ClusterStage> {
  const begun = Date.now();
  const bed = await openTestBed(async ({ cluster, keep }) => {
    keep(await startProgramPods(cluster));
    return { ledger: keep(await openLedger(cluster, NAMESPACE, ENDPOINT)) };
  });
  const { cluster, gateway, ledger, pods, prometheus, send } = bed;
  return {
    ...{ what: WHAT, isSimulated: false, env: variablesOf(cluster) },
    // All pods and their callers are one process here, beside the engine: how long an answer takes says nothing of a version.
    unjudged: ["latency"],
    platform: {
      gateway: { kind: "envoy", ...GATEWAY },
      prometheus: { url: prometheus.url, interval: `${SCRAPE_SECONDS} second` },
      server: { drain: "3 seconds" },
    },
    behave: (version, { failing = 0, positive }) => pods.behave(version, answering(positive, { failing })),
    letCustomersIn: (perSecond) => {
      const clients = send(HOST, perSecond);
      return {
        seen: () => ({
          sent: clients.sent(),
          lost: clients.lost() + (clients.seen.get("")?.bad ?? 0),
          byVersion: Object.fromEntries([...clients.seen].filter(([version]) => version !== "")),
        }),
        stop: clients.stop,
      };
    },
    clock: () => (Date.now() - begun) / 1000,
    divisions: () => ledger.divisions.map(({ at, weights }) => ({ at: (at - begun) / 1000, weights })),
    answerOf: async (version) => {
      const { statusCode, headers, body } = await request(`${gateway.url}/v2/models/${ENDPOINT}/infer`, {
        ...{ method: "POST", body: "{}", headers: { host: HOST, "x-model-version": version } },
      });
      await body.dump();
      if (statusCode >= 500) return undefined;
      return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    },
    list: async (path) => (await cluster.api.get<Listed>(path)).items.map(({ metadata }) => metadata.name),
    stop: async () => {
      await bed[Symbol.asyncDispose]();
    },
  };
}

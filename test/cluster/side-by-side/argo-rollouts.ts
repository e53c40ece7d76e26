import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../components/host/free-port.ts";
import { findPrograms } from "../binaries/index.ts";
import { startLeashed } from "../control-plane/leash.ts";
import { waitUntilServing } from "../control-plane/serving.ts";
import { type Arena, BASE, NAMESPACE, SCRAPE_SECONDS } from "./arena.ts";
import { type Endpoint, type Enter, hostOf, type Policy } from "./contestant.ts";
import { applyService, merge, PODS, seriesOf, templateOf } from "./objects.ts";
import { startVirtualServices, VIRTUAL_SERVICES, virtualServiceOf } from "./virtual-services.ts";

const API = { apiVersion: "argoproj.io/v1alpha1" };
const PATH = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}`;

/**
 * Argo Rollouts with the analysis of its documentation: the share of answers that are no 5xx, by the last two scrapes,
 * must be 95 %. Fastest: it is asked at each scrape, and the first failure is the last.
 */
export const enterArgo: Enter = async (arena, policy, count) => {
  const { api } = arena.cluster;
  arena.keep(await startVirtualServices(arena.cluster));
  await startController(arena);
  const names = Array.from({ length: count }, (_, i) => `argo-${i}`);
  return { name: "argo", endpoints: await Promise.all(names.map((name) => createEndpoint(api, arena, policy, name))) };
};

async function createEndpoint(
  api: Arena["cluster"]["api"],
  { prometheus }: Arena,
  policy: Policy,
  name: string,
): Promise<Endpoint> {
  const [stable, canary, labels] = [`${name}-stable`, `${name}-canary`, { app: name }];
  const path = `${PATH}/rollouts/${name}`;
  for (const service of [stable, canary]) await applyService(api, service, labels);
  await api.apply(`${VIRTUAL_SERVICES}/${name}`, virtualServiceOf(name, stable, canary));
  await api.apply(`${PATH}/analysistemplates/${name}`, {
    ...{ ...API, kind: "AnalysisTemplate", metadata: { name } },
    spec: { metrics: [metricOf(prometheus.url, seriesOf(canary))] },
  });
  await api.apply(path, {
    ...{ ...API, kind: "Rollout", metadata: { name } },
    spec: {
      ...{ replicas: PODS, selector: { matchLabels: labels }, template: templateOf(name, BASE, labels) },
      strategy: {
        canary: {
          ...{ stableService: stable, canaryService: canary },
          trafficRouting: { istio: { virtualService: { name } } },
          analysis: { templates: [{ templateName: name }], startingStep: 1 },
          steps: stepsOf(policy),
        },
      },
    },
  });
  return {
    ...{ name, host: hostOf(name), candidate: () => canary },
    tryOut: (version) => merge(api, path, { spec: { template: templateOf(name, version, labels) } }),
  };
}

const stepsOf = ({ steps, bakeSeconds }: Policy): readonly object[] =>
  steps.flatMap((share) => [
    { setWeight: share },
    { pause: bakeSeconds === undefined ? {} : { duration: `${bakeSeconds}s` } },
  ]);

function metricOf(address: string, series: string): object {
  const rate = (labels: string): string =>
    `sum(irate(envoy_cluster_upstream_rq_xx{envoy_cluster_name="${series}"${labels}}[5m]))`;
  return {
    name: "success-rate",
    interval: `${SCRAPE_SECONDS}s`,
    // Its series comes with the first request.
    initialDelay: `${3 * SCRAPE_SECONDS}s`,
    successCondition: "isNaN(result[0]) || result[0] >= 0.95",
    failureLimit: 0,
    provider: { prometheus: { address, query: `${rate(', envoy_response_code_class!="5"')} / ${rate("")}` } },
  };
}

async function startController({ cluster, keep }: Arena): Promise<void> {
  const { "argo-rollouts": path } = await findPrograms(["argo-rollouts"]);
  const folder = mkdtempSync(join(tmpdir(), "mlc-argo-"));
  const [metrics, health] = [await freePort(), await freePort()];
  const server = startLeashed({
    ...{ name: "argo-rollouts", path, log: join(folder, "log") },
    args: [
      ...[`--kubeconfig=${cluster.kubeconfig}`, "--leader-elect=false", "--loglevel=warn"],
      ...[`--metricsPort=${metrics}`, `--healthzPort=${health}`, "--qps=200", "--burst=400"],
    ],
  });
  keep({
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  });
  await waitUntilServing(`http://127.0.0.1:${health}/healthz`, server);
}

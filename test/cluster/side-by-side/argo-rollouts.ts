import { freePort } from "../../../components/host/free-port.ts";
import { findPrograms } from "../binaries/index.ts";
import { NAMESPACE, SCRAPE_SECONDS } from "../test-bed/index.ts";
import { type Arena, BASE } from "./arena.ts";
import { type Contestant, type Endpoint, type Enter, hostOf, type Outcome, type Policy } from "./contestant.ts";
import { applyService, merge, PODS, seriesOf, templateOf } from "./objects.ts";
import { startVirtualServices, VIRTUAL_SERVICES, virtualServiceOf } from "./virtual-services.ts";

const API = { apiVersion: "argoproj.io/v1alpha1" };
/** Tells the trials of one endpoint apart: the hash of the pods on trial. */
const TRIAL = "trial";
const PATH = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}`;

/**
 * Argo Rollouts with the analysis of its documentation: the share of answers that are no 5xx, by the last two scrapes,
 * must be 95 %. Fastest: it is asked at each scrape, and the first failure is the last.
 * And once more with our judge: it asks `mlc judge --serve` for a verdict, and the first rollback is the last.
 */
export const enterArgo: Enter = async (arena, policy, count) => {
  arena.keep(await startVirtualServices(arena.cluster));
  await startController(arena);
  const contestant = async (name: string, metricOf: MetricOf): Promise<Contestant> => {
    const names = Array.from({ length: count }, (_, i) => `${name}-${i}`);
    return { name, endpoints: await Promise.all(names.map((each) => createEndpoint(arena, policy, each, metricOf))) };
  };
  return [
    await contestant("argo", (canary) => documented(arena.prometheus.url, seriesOf(canary))),
    await contestant("argo-judged", (canary, stable) => judged(arena.judge, seriesOf(stable), seriesOf(canary))),
  ];
};

/** What an endpoint is judged by, of the Services of what is on trial and of what serves. */
type MetricOf = (canary: string, stable: string) => object;

async function createEndpoint(
  { cluster: { api } }: Arena,
  policy: Policy,
  name: string,
  metricOf: MetricOf,
): Promise<Endpoint> {
  const [stable, canary, labels] = [`${name}-stable`, `${name}-canary`, { app: name }];
  const path = `${PATH}/rollouts/${name}`;
  for (const service of [stable, canary]) await applyService(api, service, labels);
  await api.apply(`${VIRTUAL_SERVICES}/${name}`, virtualServiceOf(name, stable, canary));
  await api.apply(`${PATH}/analysistemplates/${name}`, {
    ...{ ...API, kind: "AnalysisTemplate", metadata: { name } },
    spec: { args: [{ name: TRIAL }], metrics: [metricOf(canary, stable)] },
  });
  await api.apply(path, {
    ...{ ...API, kind: "Rollout", metadata: { name } },
    spec: {
      ...{ replicas: PODS, selector: { matchLabels: labels }, template: templateOf(name, BASE, labels) },
      strategy: {
        canary: {
          ...{ stableService: stable, canaryService: canary },
          trafficRouting: { istio: { virtualService: { name } } },
          analysis: {
            ...{ templates: [{ templateName: name }], startingStep: 1 },
            args: [{ name: TRIAL, valueFrom: { podTemplateHashValue: "Latest" } }],
          },
          steps: stepsOf(policy),
        },
      },
    },
  });
  return {
    ...{ name, host: hostOf(name), candidate: () => canary },
    tryOut: (version) => merge(api, path, { spec: { template: templateOf(name, version, labels) } }),
    outcome: async () => {
      const { status } = await api.get<{ readonly status?: { readonly phase?: string } }>(path);
      return outcomes.get(status?.phase);
    },
  };
}

const outcomes: ReadonlyMap<string | undefined, Outcome> = new Map([
  ["Healthy", "promoted"],
  ["Degraded", "stopped"],
]);

const stepsOf = ({ steps, bakeSeconds }: Policy): readonly object[] =>
  steps.flatMap((share) => [
    { setWeight: share },
    { pause: bakeSeconds === undefined ? {} : { duration: `${bakeSeconds}s` } },
  ]);

function documented(address: string, series: string): object {
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

const judged = (judge: string, stable: string, candidate: string): object => ({
  name: "verdict",
  interval: `${SCRAPE_SECONDS}s`,
  successCondition: 'result != "rollback"',
  failureLimit: 0,
  provider: {
    web: {
      url: `${judge}/verdict?stable=${stable}&candidate=${candidate}&trial={{args.${TRIAL}}}`,
      jsonPath: "{$.verdict}",
    },
  },
});

async function startController({ cluster, run }: Arena): Promise<void> {
  const { "argo-rollouts": path } = await findPrograms(["argo-rollouts"]);
  const metrics = await freePort();
  await run({
    ...{ name: "argo-rollouts", path, ready: "/healthz" },
    args: (port) => [
      ...[`--kubeconfig=${cluster.kubeconfig}`, "--leader-elect=false", "--loglevel=warn"],
      ...[`--metricsPort=${metrics}`, `--healthzPort=${port}`, "--qps=200", "--burst=400"],
    ],
  });
}

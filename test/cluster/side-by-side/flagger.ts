import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { findPrograms } from "../binaries/index.ts";
import { GATEWAY, NAMESPACE } from "../test-bed/index.ts";
import { type Arena, BASE } from "./arena.ts";
import { type Contestant, type Endpoint, type Enter, hostOf, type Outcome, type Policy } from "./contestant.ts";
import { applyDeployment, deploymentPath, merge, seriesOf, templateOf } from "./objects.ts";

const API = { apiVersion: "flagger.app/v1beta1" };
const PATH = `/apis/flagger.app/v1beta1/namespaces/${NAMESPACE}`;

/** The least that it takes between two looks, in s. */
export const FLAGGER_SECONDS = 10;

/**
 * Flagger with the analysis of its documentation for the Gateway API: at most 1 % of answers are 5xx. Fastest: it looks as
 * often as it can, over as long, and the first failed check is the last.
 * And once more with our judge: it asks `mlc judge --serve` whether to roll back.
 */
export const enterFlagger: Enter = async (arena, policy, count) => {
  await startController(arena);
  const gate = await closedGate(arena);
  const contestant = async (name: string, judgedBy: JudgedBy): Promise<Contestant> => {
    const names = Array.from({ length: count }, (_, i) => `${name}-${i}`);
    const endpoints = names.map((each) => createEndpoint(arena, each, analysisOf(policy, gate, judgedBy(each))));
    return { name, endpoints: await Promise.all(endpoints) };
  };
  await defineErrorRate(arena);
  return [
    await contestant("flagger", () => ({ metrics: [documented] })),
    await contestant("flagger-judged", (name) => ({ webhooks: [judged(arena.judge, name)] })),
  ];
};

interface Analysis {
  readonly metrics?: readonly object[];
  readonly webhooks?: readonly object[];
}

type JudgedBy = (name: string) => Analysis;

const serviceOf = (name: string, of: "primary" | "canary"): string => `${name}-${of}`;

async function createEndpoint({ cluster: { api } }: Arena, name: string, analysis: Analysis): Promise<Endpoint> {
  const [path, labels] = [`${PATH}/canaries/${name}`, { app: name }];
  await applyDeployment(api, name, labels, templateOf(name, BASE, labels));
  await api.apply(path, {
    ...{ ...API, kind: "Canary", metadata: { name } },
    spec: {
      targetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      service: { port: 80, targetPort: 8080, hosts: [hostOf(name)], gatewayRefs: [GATEWAY] },
      analysis,
    },
  });
  return {
    ...{ name, host: hostOf(name), candidate: () => serviceOf(name, "canary") },
    tryOut: (version) => merge(api, deploymentPath(name), { spec: { template: templateOf(name, version, labels) } }),
    outcome: async () => {
      const { status } = await api.get<{ readonly status?: { readonly phase?: string } }>(path);
      return outcomes.get(status?.phase);
    },
  };
}

const outcomes: ReadonlyMap<string | undefined, Outcome> = new Map([
  ["Succeeded", "promoted"],
  ["Failed", "stopped"],
]);

const analysisOf = ({ steps, bakeSeconds }: Policy, gate: string, { metrics = [], webhooks = [] }: Analysis) => ({
  ...{ interval: `${Math.max(FLAGGER_SECONDS, bakeSeconds ?? 0)}s`, threshold: 1, stepWeights: steps, metrics },
  // While its promotion is not confirmed, a version stays on the last step and is looked at.
  webhooks: [
    ...webhooks,
    ...(bakeSeconds === undefined ? [{ name: "stay", type: "confirm-promotion", url: gate, muteAlert: true }] : []),
  ],
});

const documented = {
  name: "error-rate",
  templateRef: { name: "error-rate" },
  thresholdRange: { max: 1 },
  interval: `${FLAGGER_SECONDS}s`,
};

const judged = (judge: string, name: string): object => ({
  name: "verdict",
  type: "rollback",
  url: `${judge}/rollback?stable=${seriesOf(serviceOf(name, "primary"))}&candidate=${seriesOf(serviceOf(name, "canary"))}`,
});

/** The share of 5xx in percent; where nobody asked yet, none. */
const defineErrorRate = ({ cluster: { api }, prometheus }: Arena): Promise<void> => {
  const series = seriesOf("{{ target }}-canary");
  const rate = (more: string): string =>
    `sum(rate(envoy_cluster_upstream_rq_xx{envoy_cluster_name="${series}"${more}}[{{ interval }}]))`;
  return api.apply(`${PATH}/metrictemplates/error-rate`, {
    ...{ ...API, kind: "MetricTemplate", metadata: { name: "error-rate" } },
    spec: {
      provider: { type: "prometheus", address: prometheus.url },
      query: `100 * ${rate(', envoy_response_code_class="5"')} / (${rate("")} > 0) or vector(0)`,
    },
  });
};

/** Confirms nothing. @returns its address */
async function closedGate({ keep }: Arena): Promise<string> {
  const server = createServer((_, response) => void response.writeHead(403).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  keep({
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startController({ cluster, prometheus, run }: Arena): Promise<void> {
  const { flagger: path } = await findPrograms(["flagger"]);
  await run({
    ...{ name: "flagger", path, ready: "/healthz" },
    args: (port) => [
      ...["-kubeconfig", cluster.kubeconfig, "-metrics-server", prometheus.url, "-mesh-provider", "gatewayapi:v1"],
      ...["-namespace", NAMESPACE, "-port", String(port), "-log-level", "warning", "-enable-config-tracking=false"],
      ...["-kubeconfig-qps", "200", "-kubeconfig-burst", "400"],
    ],
  });
}

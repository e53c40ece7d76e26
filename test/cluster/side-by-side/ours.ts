import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readKept, STATE_KEY } from "../../../components/platforms/kubernetes/controller/index.ts";
import type { Kept } from "../../../components/platforms/kubernetes/controller/kept.ts";
import { annotations } from "../../../components/platforms/kubernetes/route/annotations.ts";
import { historyName, stateName } from "../../../components/platforms/kubernetes/route/names.ts";
import type { RouteOrder } from "../../../components/platforms/kubernetes/route/order.ts";
import { rulesOf } from "../../../components/platforms/kubernetes/route/rules.ts";
import { canaryPlan, stablePlan } from "../../support/plans.ts";
import { repository } from "../../support/project.ts";
import { GATEWAY, NAMESPACE, SCRAPE_SECONDS } from "../test-bed/index.ts";
import { type Arena, BASE } from "./arena.ts";
import { type Endpoint, type Enter, hostOf, type Policy } from "./contestant.ts";
import { applyDeployment, applyService, merge, ROUTES, routePath, templateOf } from "./objects.ts";

const maps = `/api/v1/namespaces/${NAMESPACE}/configmaps`;

/** This library: one controller as it is shipped, and routes as its program writes them; orders change without a run of the engine. */
export const enterOurs: Enter = async (arena, policy, count) => {
  const names = Array.from({ length: count }, (_, i) => `ours-${i}`);
  const endpoints = await Promise.all(names.map((name) => createEndpoint(arena, policy, name)));
  await startController(arena, names);
  return [{ name: "ours", endpoints }];
};

async function createEndpoint(
  { cluster: { api }, prometheus }: Arena,
  policy: Policy,
  name: string,
): Promise<Endpoint> {
  const serviceOf = (version: string): string => `${name}-${version}`;
  const deploy = async (version: string): Promise<void> => {
    const labels = { app: serviceOf(version) };
    await applyDeployment(api, serviceOf(version), labels, templateOf(name, version, labels));
    await applyService(api, serviceOf(version), labels);
  };
  const orderOf = (stable: string, candidate?: string): RouteOrder => {
    const versions = [stable, ...(candidate === undefined ? [] : [candidate])];
    const parts = { model: name, stable, versions: contentsOf(versions) };
    return {
      ...{ format: 1, endpoint: name },
      traffic: candidate === undefined ? stablePlan(parts) : trialOf({ ...parts, candidate }, policy),
      variants: Object.fromEntries(versions.map((version) => [version, { service: serviceOf(version), port: 80 }])),
      gateway: { kind: "envoy", ...GATEWAY, backendFilters: true },
      metrics: { url: prometheus.url, intervalSeconds: SCRAPE_SECONDS },
    };
  };
  const kept = async (): Promise<Kept | undefined> => {
    const { data } = await api.get<{ readonly data?: Readonly<Record<string, string>> }>(`${maps}/${stateName(name)}`);
    const text = data?.[STATE_KEY];
    return text === undefined ? undefined : readKept(text);
  };
  await deploy(BASE);
  const order = orderOf(BASE);
  await api.create(ROUTES, {
    ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" },
    metadata: { name, annotations: { [annotations.order]: JSON.stringify(order) } },
    spec: { parentRefs: [GATEWAY], hostnames: [hostOf(name)], rules: rulesOf(order, { shares: { [BASE]: 10_000 } }) },
  });
  for (const map of [stateName(name), historyName(name)]) {
    await api.create(maps, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: map } });
  }
  return {
    ...{ name, host: hostOf(name), candidate: serviceOf },
    tryOut: async (version) => {
      await deploy(version);
      const { plan, progress } = (await kept())?.state ?? {};
      const stable = progress?.phase === "complete" ? plan?.candidate : plan?.stable;
      const changed = { [annotations.order]: JSON.stringify(orderOf(stable ?? BASE, version)) };
      await merge(api, routePath(name), { metadata: { annotations: changed } });
    },
    outcome: async () => {
      const { progress } = (await kept())?.state ?? {};
      if (progress?.ended !== undefined) return "stopped";
      return progress?.phase === "complete" ? "promoted" : undefined;
    },
    provenAt: async () => (await kept())?.cursor?.at,
  };
}

const contentsOf = (versions: readonly string[]) =>
  Object.fromEntries(
    versions.map((version) => [version, { content: createHash("sha256").update(version).digest("hex") }]),
  );

interface Trial {
  readonly model: string;
  readonly stable: string;
  readonly candidate: string;
  readonly versions: ReturnType<typeof contentsOf>;
}

/** The defaults of a release, and its steps: all of the budget of harm is held. */
const trialOf = (trial: Trial, { steps, bakeSeconds }: Policy) =>
  canaryPlan(
    { ...trial, weight: bakeSeconds === undefined ? (steps[0] ?? 0) * 100 : 10_000 },
    {
      identity: trial.candidate,
      advance: bakeSeconds === undefined ? "manual" : "automatic",
      steps: [...steps, 100].map((share) => ({ kind: "weight", weight: share * 100 })),
      bakeMs: (bakeSeconds ?? 1) * 1000,
      harmBudget: 100,
    },
  );

const startController = ({ cluster, run }: Arena, names: readonly string[]): Promise<number> =>
  run({
    name: "controller",
    path: process.execPath,
    ready: "/healthz",
    args: (port, folder) => {
      const token = join(folder, "token");
      writeFileSync(token, cluster.token, { mode: 0o600 });
      return [
        join(repository, "dist/components/platforms/kubernetes/controller/main.mjs"),
        ...names.flatMap((name) => ["--route", `${NAMESPACE}/${name}`]),
        ...["--server", cluster.url, "--token-file", token, "--ca-file", cluster.ca, "--port", String(port)],
      ];
    },
  });

import { expect, test } from "vitest";
import { ModelEndpoint } from "../../../components/index.ts";
import type { KubernetesPlatformDocument } from "../../../components/platforms/kubernetes/document/parts.ts";
import { kubernetes } from "../../../components/platforms/kubernetes/index.ts";
import { annotations } from "../../../components/platforms/kubernetes/route/annotations.ts";
import { readOrder } from "../../../components/platforms/kubernetes/route/order.ts";
import type { ResolvedRelease } from "../../../components/release/index.ts";
import { type Registered, registered } from "../../support/mocks.ts";
import { ofFiles, releaseOf, v1, version } from "./release.ts";

// Shapes alone: mocks run no provider and no cluster, so what is accepted, awaited or replaced is not shown here.

interface Made {
  readonly kind: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Every object of a cluster that an endpoint makes, by kind and name. */
async function objectsOf(release: ResolvedRelease): Promise<readonly Made[]> {
  const rows = await registered(() => new ModelEndpoint("sentiment", { release, platform: kubernetes(release) }));
  return rows.filter(({ type }) => type.startsWith("kubernetes:") && type !== "pulumi:providers:kubernetes").map(made);
}

const made = ({ type, inputs }: Registered): Made => ({
  kind: type.split(":").at(-1) ?? "",
  name: (inputs.metadata as { readonly name: string }).name,
  inputs,
});

const namesOf = (objects: readonly Made[]): readonly string[] =>
  objects.map(({ kind, name }) => `${kind} ${name}`).toSorted();

function the(objects: readonly Made[], kind: string, name: string): Readonly<Record<string, unknown>> {
  const found = objects.find((each) => each.kind === kind && each.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name} among ${namesOf(objects).join(", ")}`);
  return found.inputs;
}

test("an endpoint of two versions is so many objects, each named by itself", async () => {
  expect(namesOf(await objectsOf(releaseOf()))).toEqual([
    "ConfigMap sentiment-history",
    "ConfigMap sentiment-rollout",
    "Deployment sentiment-v1-11111111",
    "Deployment sentiment-v2-22222222",
    "HTTPRoute sentiment",
    "PodDisruptionBudget sentiment-v1-11111111",
    "PodDisruptionBudget sentiment-v2-22222222",
    "Service sentiment-v1-11111111",
    "Service sentiment-v1-named",
    "Service sentiment-v2-22222222",
    "Service sentiment-v2-named",
    "ServiceAccount sentiment",
  ]);
});

test("another weight is another order on the route, and nothing else", async () => {
  const before = await objectsOf(releaseOf());
  const after = await objectsOf(releaseOf({}, { rollout: { stable: "v1", candidate: "v2", weight: "25%" } }));
  const changed = before.filter(
    ({ kind, name, inputs }) => JSON.stringify(inputs) !== JSON.stringify(the(after, kind, name)),
  );
  expect(namesOf(changed)).toEqual(["HTTPRoute sentiment"]);
  const [orderBefore, orderAfter] = [before, after].map((objects) => {
    const { annotations: written } = the(objects, "HTTPRoute", "sentiment").metadata as {
      readonly annotations: Readonly<Record<string, string>>;
    };
    return readOrder(written[annotations.order] ?? "");
  });
  expect(orderAfter).toEqual({ ...orderBefore, traffic: { ...orderBefore?.traffic, weight: 2_500 } });
});

test("a route is created with stable alone, and every deployed version in it", async () => {
  const { spec } = the(await objectsOf(releaseOf()), "HTTPRoute", "sentiment") as {
    readonly spec: { readonly rules: readonly { readonly backendRefs: readonly { name: string; weight: number }[] }[] };
  };
  expect(spec.rules.at(-1)?.backendRefs.map(({ name, weight }) => [name, weight])).toEqual([
    ["sentiment-v1-11111111", 10_000],
    ["sentiment-v2-22222222", 0],
  ]);
});

test("another candidate touches no object of stable", async () => {
  const before = await objectsOf(releaseOf());
  const after = await objectsOf(releaseOf({}, { versions: { v1, v2: version("v2", "3".repeat(64)) } }));
  const ofStable = (objects: readonly Made[]) => objects.filter(({ name }) => name.startsWith("sentiment-v1-"));
  expect(ofStable(after)).toEqual(ofStable(before));
  expect(namesOf(after)).toContain("Deployment sentiment-v2-33333333");
});

test("pods fulfil the restricted profile, answer until every Gateway has left them, and pull by digest", async () => {
  const { spec } = the(
    await objectsOf(releaseOf({ deadline: "10 seconds" })),
    "Deployment",
    "sentiment-v1-11111111",
  ) as {
    readonly spec: { readonly template: { readonly spec: Readonly<Record<string, unknown>> } };
  };
  expect(spec.template.spec).toMatchObject({
    automountServiceAccountToken: false,
    serviceAccountName: "sentiment",
    terminationGracePeriodSeconds: 25,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        image: `registry.example/nlp/sentiment@sha256:${"1".repeat(64)}`,
        lifecycle: { preStop: { sleep: { seconds: 15 } } },
        readinessProbe: { httpGet: { path: "/v2/health/ready", port: "http" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          readOnlyRootFilesystem: true,
        },
      },
    ],
  });
});

const scaled: Partial<KubernetesPlatformDocument> = { replicas: { least: "2", most: "8", cpu: "60" } };

test("versions that stand together give no pod up, and have as many as a whole load may ask; one alone, or under notice, follows it", async () => {
  const scalingOf = async (more: Parameters<typeof releaseOf>[1], part = scaled) =>
    (await objectsOf(releaseOf(part, more)))
      .filter(({ kind }) => kind === "HorizontalPodAutoscaler")
      .map(({ name, inputs }) => {
        const { spec } = inputs as {
          readonly spec: {
            readonly minReplicas: number;
            readonly behavior: { readonly scaleDown: { readonly selectPolicy?: string } };
          };
        };
        return [name, spec.minReplicas, spec.behavior.scaleDown.selectPolicy];
      });
  const together = [
    ["sentiment-v1-11111111", 8, "Disabled"],
    ["sentiment-v2-22222222", 8, "Disabled"],
  ];
  expect(await scalingOf({})).toEqual(together);
  expect(await scalingOf({ rollout: { stable: "v1" } })).toEqual(together);
  expect(await scalingOf({ rollout: { stable: "v2", previous: "v1" } })).toEqual(together);
  expect(await scalingOf({}, { replicas: { least: "2", most: "8", candidate: "4" } })).toEqual([
    ["sentiment-v1-11111111", 4, "Disabled"],
    ["sentiment-v2-22222222", 4, "Disabled"],
  ]);
  expect(await scalingOf({ rollout: { stable: "v1" }, versions: { v1 } })).toEqual([
    ["sentiment-v1-11111111", 2, undefined],
  ]);
  const notice = { phase: "deprecated", sunset: "2035-05-31T00:00:00Z", successor: "v2" } as const;
  expect(await scalingOf({ rollout: { stable: "v2" }, retirement: { v1: notice } })).toEqual([
    ["sentiment-v1-11111111", 2, undefined],
    ["sentiment-v2-22222222", 2, undefined],
  ]);
});

test("KEDA scales within the same bounds, by the CPU or by a query, and nothing else does", async () => {
  const query = 'sum(rate(requests_total{service="{service}",namespace="{namespace}"}[1m]))';
  const scaledBy = async (keda: NonNullable<KubernetesPlatformDocument["replicas"]>["keda"], cpu?: string) => {
    const replicas = { least: "2", most: "8", ...(cpu !== undefined && { cpu }), ...(keda !== undefined && { keda }) };
    const objects = await objectsOf(releaseOf({ replicas }));
    expect(namesOf(objects).filter((name) => name.startsWith("HorizontalPodAutoscaler"))).toEqual([]);
    return ["sentiment-v1-11111111", "sentiment-v2-22222222"].map((name) => the(objects, "ScaledObject", name).spec);
  };
  const cpu = { type: "cpu", metricType: "Utilization", metadata: { value: "70" } };
  const [stable, candidate] = await scaledBy({});
  expect(stable).toEqual({
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "sentiment-v1-11111111" },
    minReplicaCount: 8,
    maxReplicaCount: 8,
    advanced: {
      horizontalPodAutoscalerConfig: {
        behavior: { scaleUp: { stabilizationWindowSeconds: 0 }, scaleDown: { selectPolicy: "Disabled" } },
      },
    },
    triggers: [cpu],
  });
  expect(candidate).toMatchObject({ minReplicaCount: 8, maxReplicaCount: 8 });
  const asked = {
    type: "prometheus",
    metricType: "AverageValue",
    metadata: {
      serverAddress: "http://prometheus.monitoring:9090",
      query: 'sum(rate(requests_total{service="sentiment-v1-11111111",namespace="models"}[1m]))',
      threshold: "50",
      ignoreNullValues: "false",
    },
  };
  expect((await scaledBy({ query, perPod: "50" }))[0]).toMatchObject({ triggers: [asked] });
  expect((await scaledBy({ query, perPod: "50" }, "60"))[0]).toMatchObject({
    triggers: [{ ...cpu, metadata: { value: "60" } }, asked],
  });
});

test("an autoscaler lets KEDA follow it, whose admission refuses to scale what is scaled already", async () => {
  const { metadata } = the(await objectsOf(releaseOf(scaled)), "HorizontalPodAutoscaler", "sentiment-v1-11111111");
  expect(metadata).toMatchObject({ annotations: { "validations.keda.sh/hpa-ownership": "false" } });
});

test("a version begins with the pods that it is to have, whatever scales it later", async () => {
  const replicasOf = async (part: Partial<KubernetesPlatformDocument>, name: string) => {
    const { spec } = the(await objectsOf(releaseOf(part)), "Deployment", name) as {
      readonly spec: { readonly replicas?: number };
    };
    return spec.replicas;
  };
  expect(await replicasOf(scaled, "sentiment-v1-11111111")).toBe(8);
  expect(await replicasOf({ replicas: { least: "3", most: "8", candidate: "5" } }, "sentiment-v2-22222222")).toBe(5);
  expect(await replicasOf({}, "sentiment-v1-11111111")).toBe(2);
  const byKeda = { ...scaled, replicas: { ...scaled.replicas, keda: {} } };
  expect(await replicasOf(byKeda, "sentiment-v1-11111111")).toBe(8);
});

test("a single pod has no budget, which would keep its node for ever", async () => {
  const objects = await objectsOf(releaseOf({ replicas: { least: "1" } }));
  expect(objects.filter(({ kind }) => kind === "PodDisruptionBudget")).toEqual([]);
});

test("a version of files is mounted beside the platform's server, by digest and read-only", async () => {
  const image = `registry.example/nlp/mlserver@sha256:${"a".repeat(64)}`;
  const release = releaseOf(
    { server: { kind: "mlserver", image } },
    { versions: { v1: ofFiles(v1) }, rollout: { stable: "v1" } },
  );
  const { spec } = the(await objectsOf(release), "Deployment", "sentiment-v1-11111111") as {
    readonly spec: { readonly template: { readonly spec: Readonly<Record<string, unknown>> } };
  };
  expect(spec.template.spec).toMatchObject({
    containers: [
      {
        image,
        args: ["mlserver", "start", "/mnt/models"],
        readinessProbe: { httpGet: { path: "/v2/models/sentiment/ready" } },
        ports: [
          { name: "http", containerPort: 8080 },
          { name: "metrics", containerPort: 8082 },
        ],
        volumeMounts: [{ name: "tmp" }, { name: "model", mountPath: "/mnt/models", readOnly: true }],
      },
    ],
    volumes: [
      { name: "tmp" },
      { name: "model", image: { reference: `registry.example/nlp/sentiment@sha256:${"1".repeat(64)}` } },
    ],
  });
});

/** The pod of stable where its source is this, beside a server. */
async function podOf(source: object): Promise<Readonly<Record<string, unknown>>> {
  const image = `registry.example/nlp/mlserver@sha256:${"a".repeat(64)}`;
  const versions = { v1: { source: { sha256: "1".repeat(64), ...source } } };
  const release = releaseOf(
    { server: { kind: "mlserver", image } },
    { versions: versions as never, rollout: { stable: "v1" } },
  );
  const { spec } = the(await objectsOf(release), "Deployment", "sentiment-v1-11111111") as {
    readonly spec: { readonly template: { readonly spec: Readonly<Record<string, unknown>> } };
  };
  return spec.template.spec;
}

test("an image that copies its files does so before the server starts, as nobody, into a volume of the pod", async () => {
  const oci = { kind: "oci", image: "registry.example/nlp/sentiment:v1", as: "copy" };
  const pod = await podOf(oci);
  expect(pod).toMatchObject({
    initContainers: [
      {
        image: `registry.example/nlp/sentiment@sha256:${"1".repeat(64)}`,
        command: ["cp", "-R", "/models/.", "/copied"],
        resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "512Mi" } },
        securityContext: { runAsUser: 65_534, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
        volumeMounts: [{ name: "model", mountPath: "/copied" }],
      },
    ],
    containers: [{ volumeMounts: [{ name: "tmp" }, { name: "model", mountPath: "/mnt/models", readOnly: true }] }],
    volumes: [{ name: "tmp" }, { name: "model", emptyDir: {} }],
  });
  expect(await podOf({ ...oci, directory: "/srv/model" })).toMatchObject({
    initContainers: [{ command: ["cp", "-R", "/srv/model/.", "/copied"] }],
  });
});

test("files in a claim are mounted read-only beside the server, from the directory that is named", async () => {
  const pod = await podOf({ kind: "claim", claim: "models", path: "sentiment/v1" });
  expect(pod).toMatchObject({
    containers: [
      {
        volumeMounts: [
          { name: "tmp" },
          { name: "model", mountPath: "/mnt/models", readOnly: true, subPath: "sentiment/v1" },
        ],
      },
    ],
    volumes: [{ name: "tmp" }, { name: "model", persistentVolumeClaim: { claimName: "models", readOnly: true } }],
  });
  expect(pod).not.toHaveProperty("initContainers");
  const whole = await podOf({ kind: "claim", claim: "models" });
  expect(JSON.stringify(whole)).not.toContain("subPath");
});

test("an image that answers by itself and a server beside it are one too many, and files without a server one too few: all at once", async () => {
  const image = `registry.example/nlp/mlserver@sha256:${"a".repeat(64)}`;
  const refusalOf = async (...args: Parameters<typeof releaseOf>): Promise<string> => {
    let message = "";
    const rows = await registered(() => {
      try {
        new ModelEndpoint("sentiment", { release: releaseOf(...args), platform: kubernetes(releaseOf(...args)) });
      } catch (error) {
        message = error instanceof Error ? error.message : "";
      }
    });
    expect(rows.filter(({ type }) => type.startsWith("kubernetes:"))).toEqual([]);
    return message;
  };
  expect(await refusalOf({ server: { image } })).toBe(`The release document has 2 problems.

  model-lifecycle:release.platform.server.image
    seen:    "${image}", and version v1, whose image answers by itself
    allowed: one of the two
    do this: Remove server.image, or write as: volume or as: copy at the source of v1.

  model-lifecycle:release.platform.server.image
    seen:    "${image}", and version v2, whose image answers by itself
    allowed: one of the two
    do this: Remove server.image, or write as: volume or as: copy at the source of v2.
`);
  expect(await refusalOf({}, { versions: { v1: ofFiles(v1) }, rollout: { stable: "v1" } })).toBe(
    `The release document has 1 problem.

  model-lifecycle:release.platform.server.image
    seen:    nothing, and version v1, which is files
    allowed: the image of a server with its digest
    do this: Add server.image, or name an image that answers by itself at the source of v1.
`,
  );
});

test("a network policy lets in whom the document names, and stands only where it names somebody", async () => {
  const { spec } = the(
    await objectsOf(releaseOf({ networkPolicy: { from: ["gateways"] } })),
    "NetworkPolicy",
    "sentiment",
  );
  expect(spec).toEqual({
    podSelector: { matchLabels: { "model-lifecycle.dev/model": "sentiment" } },
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "gateways" } } }] }],
  });
});

test("the team's own names are taken: ServiceAccount, pull secrets, node selector, tolerations, labels, annotations", async () => {
  const objects = await objectsOf(
    releaseOf({
      serviceAccount: "team-models",
      pullSecrets: ["registry"],
      nodeSelector: { accelerator: "l4" },
      tolerations: [{ key: "gpu" }, { key: "pool", value: "models", effect: "NoSchedule" }],
      labels: { "example.com/team": "nlp" },
      annotations: { "example.com/ticket": "4711" },
    }),
  );
  expect(namesOf(objects)).not.toContain("ServiceAccount sentiment");
  const { metadata, spec } = the(objects, "Deployment", "sentiment-v1-11111111") as {
    readonly metadata: { readonly labels: object; readonly annotations: object };
    readonly spec: { readonly template: { readonly metadata: object; readonly spec: object } };
  };
  expect(metadata.labels).toMatchObject({ "example.com/team": "nlp" });
  expect(metadata.annotations).toMatchObject({
    "example.com/ticket": "4711",
    "tag.model-lifecycle.dev/owner": "nlp-platform",
  });
  expect(spec.template).toMatchObject({
    metadata: { labels: { "example.com/team": "nlp" }, annotations: { "example.com/ticket": "4711" } },
    spec: {
      serviceAccountName: "team-models",
      imagePullSecrets: [{ name: "registry" }],
      nodeSelector: { accelerator: "l4" },
      tolerations: [
        { key: "gpu", operator: "Exists" },
        { key: "pool", operator: "Equal", value: "models", effect: "NoSchedule" },
      ],
    },
  });
});

test("a retired version has no pods, and something that answers 410 for it", async () => {
  const notice = { phase: "retired", sunset: "2025-01-01T00:00:00Z", successor: "v2" } as const;
  const retirement = { v1: notice };
  const objects = await objectsOf(
    releaseOf(
      {},
      {
        rollout: { stable: "v2" },
        retirement,
        archive: { kind: "oci", repository: "registry.example/archive/sentiment" },
      },
    ),
  );
  expect(namesOf(objects)).toEqual(expect.arrayContaining(["Deployment sentiment-gone", "Service sentiment-gone"]));
  const ofVersion = namesOf(objects).filter((name) => name.includes("v1"));
  expect(ofVersion).toEqual(["Service sentiment-v1-named"]);
  const { selector } = the(objects, "Service", "sentiment-v1-named").spec as { selector: object };
  const { template } = the(objects, "Deployment", "sentiment-gone").spec as {
    template: { metadata: { labels: object }; spec: object };
  };
  expect(template.metadata.labels).toMatchObject(selector);
  // Its pod is replaced with each notice, and answers until every Gateway has left it.
  expect(template.spec).toMatchObject({
    terminationGracePeriodSeconds: 25,
    containers: [{ lifecycle: { preStop: { sleep: { seconds: 15 } } } }],
  });
});

test("the controller runs one file on a stock image, with rights on the model's own objects alone", async () => {
  const objects = await objectsOf(releaseOf({ controller: { run: "cluster" } }));
  const code = objects.find(({ kind, name }) => kind === "ConfigMap" && name.startsWith("sentiment-controller-"));
  expect(Object.keys(code?.inputs.data ?? {})).toEqual(["controller.mjs"]);
  expect(code?.inputs.immutable).toBe(true);
  expect(the(objects, "Deployment", "sentiment-controller").spec).toMatchObject({
    replicas: 1,
    strategy: { type: "Recreate" },
    template: {
      spec: {
        serviceAccountName: "sentiment-controller",
        automountServiceAccountToken: true,
        containers: [
          {
            image: expect.stringMatching(/^docker\.io\/library\/node@sha256:[0-9a-f]{64}$/),
            args: ["node", "/code/controller.mjs", "--route", "models/sentiment"],
            ports: [{ name: "metrics", containerPort: 8080 }],
          },
        ],
        volumes: [{ name: "code", configMap: { name: code?.name } }],
      },
    },
  });
  const { rules } = the(objects, "Role", "sentiment-controller") as {
    readonly rules: readonly { readonly verbs: readonly string[]; readonly resourceNames?: readonly string[] }[];
  };
  const unnamed = rules.filter(({ resourceNames }) => resourceNames === undefined).flatMap(({ verbs }) => verbs);
  expect(unnamed).toEqual(["list", "create"]);
  expect(rules.flatMap(({ verbs }) => verbs)).not.toContain("delete");
});

test("nobody climbs without a Prometheus, so no controller is made", async () => {
  const release = releaseOf(
    { controller: { run: "cluster" }, prometheus: undefined },
    { rollout: { stable: "v1", candidate: "v2", weight: "5%", advance: "manual" } },
  );
  expect(namesOf(await objectsOf(release)).filter((name) => name.includes("controller"))).toEqual([]);
});

import { ModelEndpoint } from "../../../components/index.ts";
import { kubernetesPlatform } from "../../../components/platforms/kubernetes/document.ts";
import { kubernetes } from "../../../components/platforms/kubernetes/index.ts";
import {
  controllerBinding,
  controllerDeployment,
  controllerRole,
} from "../../../components/platforms/kubernetes/objects/controller.ts";
import type { ResolvedRelease } from "../../../components/release/index.ts";
import { registered } from "../../support/mocks.ts";
import { ofFiles, releaseOf, v1 } from "./release.ts";

/** An object as it is sent to an API server. */
export interface SentObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

const image = `registry.example/nlp/mlserver@sha256:${"a".repeat(64)}`;
const notice = { sunset: "2025-01-01T00:00:00Z", successor: "v2" } as const;

/** Endpoints that make an object of every kind, with every field that a document can set. */
const releases = (): readonly ResolvedRelease[] => [
  releaseOf(),
  releaseOf(
    {
      server: { kind: "triton", image, env: { LOG: "1" } },
      replicas: { least: "2", most: "8" },
      resources: { cpu: "500m", memory: "1Gi", cpuLimit: "2", devices: { "nvidia.com/gpu": "1" } },
      nodeSelector: { accelerator: "l4" },
      tolerations: [{ key: "nvidia.com/gpu" }, { key: "pool", value: "models", effect: "NoSchedule" }],
      serviceAccount: "team-models",
      pullSecrets: ["registry"],
      labels: { "example.com/team": "nlp" },
      annotations: { "example.com/ticket": "4711" },
      networkPolicy: { from: ["gateways", "monitoring"] },
      gateway: { kind: "haproxy", name: "public", listener: "https" },
    },
    { versions: { v1: ofFiles(v1) }, rollout: { stable: "v1" } },
  ),
  releaseOf(
    { server: { kind: "mlserver", image } },
    {
      versions: {
        v1: { source: { ...v1.source, as: "copy", directory: "/srv/model" } },
        v2: { source: { kind: "claim", claim: "models", path: "sentiment/v2", sha256: "2".repeat(64) } },
      },
    },
  ),
  releaseOf(
    { replicas: { least: "2", most: "8", cpu: "60", keda: { query: "sum(up)", perPod: "0.5" } } },
    {
      rollout: { stable: "v2", candidate: "v3", weight: "shadow" },
      versions: {
        v2: { source: { ...v1.source, sha256: "2".repeat(64) } },
        v3: { source: { ...v1.source, sha256: "3".repeat(64) } },
      },
      retirement: { v1: { ...notice, phase: "retired" } },
      archive: { kind: "oci", repository: "registry.example/archive/sentiment" },
    },
  ),
];

/** Everything that the platform makes, of four endpoints and their controllers. */
export async function everyObject(): Promise<readonly SentObject[]> {
  const objects: SentObject[] = [];
  for (const release of releases()) {
    const rows = await registered(() => new ModelEndpoint("sentiment", { release, platform: kubernetes(release) }));
    objects.push(
      ...rows.filter(({ type }) => type.startsWith("kubernetes:")).map(({ inputs }) => inputs as unknown as SentObject),
    );
  }
  const { platform } = releaseOf();
  if (!kubernetesPlatform.is(platform)) throw new Error("a release on a cluster");
  const rbac = "rbac.authorization.k8s.io/v1";
  const controller = [
    { apiVersion: rbac, kind: "Role", ...controllerRole("sentiment", platform) },
    { apiVersion: rbac, kind: "RoleBinding", ...controllerBinding("sentiment", platform) },
    { apiVersion: "apps/v1", kind: "Deployment", ...controllerDeployment("sentiment", "sentiment-code", platform) },
  ];
  return [...objects, ...(controller as unknown as readonly SentObject[])];
}

const plurals: Readonly<Record<string, string>> = { NetworkPolicy: "networkpolicies" };

/** Where an object is made: strictly, as a dry run. */
export function placeOf({ apiVersion, kind, metadata }: SentObject): string {
  const root = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
  const plural = plurals[kind] ?? `${kind.toLowerCase()}s`;
  return `${root}/namespaces/${metadata.namespace}/${plural}?dryRun=All&fieldValidation=Strict`;
}

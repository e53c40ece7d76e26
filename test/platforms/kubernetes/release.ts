import type { KubernetesPlatformDocument } from "../../../components/platforms/kubernetes/document/parts.ts";
import { parseRelease, type Release, type ResolvedRelease } from "../../../components/release/index.ts";

/** A version that is an image. */
export const version = (name: string, sha256: string) =>
  ({ source: { kind: "oci", image: `registry.example/nlp/sentiment:${name}`, sha256 } }) as const;

/** The first of two. */
export const v1 = version("v1", "1".repeat(64));

const v2 = version("v2", "2".repeat(64));

/** The same as files that are mounted. */
export const ofFiles = ({ source }: ReturnType<typeof version>) => ({ source: { ...source, as: "volume" } }) as const;

/** `platform` of a release on a cluster, as little as there may be. */
export const platform: KubernetesPlatformDocument = {
  kind: "kubernetes",
  namespace: "models",
  gateway: { kind: "envoy", name: "public", namespace: "gateways" },
  hosts: ["sentiment.example.com"],
  prometheus: { url: "http://prometheus.monitoring:9090", interval: "5 seconds" },
  controller: { run: "elsewhere" },
};

/** A release document of two versions. */
export const documentOf = (
  part: { readonly [K in keyof KubernetesPlatformDocument]?: KubernetesPlatformDocument[K] | undefined } = {},
  more: Partial<Pick<Release, "archive" | "rollout" | "retirement" | "versions">> = {},
): Release => ({
  model: { name: "sentiment", owner: "nlp-platform", riskTier: "low" },
  platform: { ...platform, ...part } as KubernetesPlatformDocument,
  versions: { v1, v2 },
  rollout: { stable: "v1", candidate: "v2", weight: "5%" },
  ...more,
});

/** The same, read. */
export const releaseOf = (...args: Parameters<typeof documentOf>): ResolvedRelease => parseRelease(documentOf(...args));

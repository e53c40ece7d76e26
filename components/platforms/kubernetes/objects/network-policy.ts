import type { NetworkPolicyArgs } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type { ResolvedKubernetesPlatform } from "../document/resolved.ts";
import { metadataOf, selectorOf } from "./labels.ts";

/** Closes a model's pods but for the namespaces that the document names; undefined where it names none. */
export function networkPolicyOf(
  name: string,
  model: string,
  platform: ResolvedKubernetesPlatform,
): NetworkPolicyArgs | undefined {
  const { networkPolicy } = platform;
  if (networkPolicy === undefined) return undefined;
  return {
    metadata: metadataOf(name, { model }, platform),
    spec: {
      podSelector: { matchLabels: selectorOf({ model }) },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: networkPolicy.from.map((namespace) => ({
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
          })),
        },
      ],
    },
  };
}

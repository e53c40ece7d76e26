import type { ServiceArgs } from "@pulumi/kubernetes/core/v1/service.js";
import type { ResolvedKubernetesPlatform } from "../document/resolved.ts";
import { VARIANT, type VersionFacts } from "./deployment.ts";
import { metadataOf, selectorOf } from "./labels.ts";
import { HTTP } from "./pod.ts";

/** The port of every version's Service. */
export const SERVICE_PORT = 80;

/** A Service of a version: what the route names. @param name the version's own, for what is drawn for it, or the one for requests that name it */
export const serviceOf = (facts: VersionFacts, platform: ResolvedKubernetesPlatform, name: string): ServiceArgs => ({
  metadata: metadataOf(name, facts, platform),
  spec: {
    type: "ClusterIP",
    selector: { ...selectorOf(facts), [VARIANT]: facts.name },
    ports: [{ name: HTTP, port: SERVICE_PORT, targetPort: HTTP, protocol: "TCP", appProtocol: "http" }],
  },
});

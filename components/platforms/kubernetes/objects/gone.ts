import type { DeploymentArgs } from "@pulumi/kubernetes/apps/v1/deployment.js";
import type { ServiceArgs } from "@pulumi/kubernetes/core/v1/service.js";
import type { VersionNotice } from "../../../release/resolved.ts";
import type { ResolvedKubernetesPlatform } from "../document/resolved.ts";
import { goneName, namedService } from "../route/names.ts";
import { metadataOf, selectorOf, type Whose } from "./labels.ts";
import { componentLabel, nodeDeployment } from "./node-pod.ts";
import { HTTP } from "./pod.ts";
import { SERVICE_PORT } from "./service.ts";

const COMPONENT = "gone";
const PORT = { name: HTTP, number: 8080 };

/** Versions that are retired, by name; empty: nothing has to answer for them. */
export const retiredIn = (notices: Readonly<Record<string, VersionNotice>>): Readonly<Record<string, VersionNotice>> =>
  Object.fromEntries(Object.entries(notices).filter(([, { phase }]) => phase === "retired"));

/** The file in the ConfigMap that says which versions are gone. */
export const NOTICES_FILE = "notices.json";

/** What answers 410 for versions that are retired: no Gateway does by itself. @param code the ConfigMap that it runs */
export const goneDeployment = (
  model: string,
  code: { readonly configMap: string; readonly file: string },
  platform: ResolvedKubernetesPlatform,
): DeploymentArgs =>
  nodeDeployment(
    {
      ...{ model, name: goneName(model), component: COMPONENT },
      image: platform.controller.image,
      code,
      args: [`/code/${NOTICES_FILE}`, String(PORT.number)],
      port: PORT,
      memory: "64Mi",
      drainSeconds: Math.ceil(platform.server.drainMs / 1000),
    },
    platform,
  );

/** Its Service: what the route names for versions that are gone. */
export const goneService = (model: string, platform: ResolvedKubernetesPlatform): ServiceArgs =>
  answeredByGone(goneName(model), { model }, platform);

/** The Service by which a retired version was named, answered by what says that it is gone: rules that still name it stay right. */
export const retiredService = (
  { model, version }: { readonly model: string; readonly version: string },
  platform: ResolvedKubernetesPlatform,
): ServiceArgs => answeredByGone(namedService(model, version), { model, version }, platform);

const answeredByGone = (name: string, whose: Whose, platform: ResolvedKubernetesPlatform): ServiceArgs => ({
  metadata: metadataOf(name, whose, platform),
  spec: {
    type: "ClusterIP",
    selector: { ...selectorOf({ model: whose.model }), ...componentLabel(COMPONENT) },
    ports: [{ name: HTTP, port: SERVICE_PORT, targetPort: HTTP, protocol: "TCP", appProtocol: "http" }],
  },
});

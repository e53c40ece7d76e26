import type { DeploymentArgs } from "@pulumi/kubernetes/apps/v1/deployment.js";
import type { ConfigMapArgs } from "@pulumi/kubernetes/core/v1/configMap.js";
import type { RoleArgs } from "@pulumi/kubernetes/rbac/v1/role.js";
import type { RoleBindingArgs } from "@pulumi/kubernetes/rbac/v1/roleBinding.js";
import { roleRules } from "../controller/role.ts";
import type { ResolvedKubernetesPlatform } from "../document/resolved.ts";
import { controllerName, routeName } from "../route/names.ts";
import { metadataOf } from "./labels.ts";
import { CONTROLLER_PORT, nodeDeployment } from "./node-pod.ts";

/** The file that the controller is, in its ConfigMap. */
export const CONTROLLER_FILE = "controller.mjs";

/** What a controller may do: exactly the model's own objects. */
export const controllerRole = (model: string, platform: ResolvedKubernetesPlatform): RoleArgs => ({
  metadata: metadataOf(controllerName(model), { model }, platform),
  rules: roleRules(model).map(({ apiGroups, resources, resourceNames, verbs }) => ({
    apiGroups: [...apiGroups],
    resources: [...resources],
    ...(resourceNames !== undefined && { resourceNames: [...resourceNames] }),
    verbs: [...verbs],
  })),
});

/** Gives the controller its rights. */
export const controllerBinding = (model: string, platform: ResolvedKubernetesPlatform): RoleBindingArgs => ({
  metadata: metadataOf(controllerName(model), { model }, platform),
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: controllerName(model) },
  subjects: [{ kind: "ServiceAccount", name: controllerName(model), namespace: platform.namespace }],
});

/** A map that the controller writes: the program makes it, because the right to make one cannot be limited to a name. */
export const keptMap = (name: string, model: string, platform: ResolvedKubernetesPlatform): ConfigMapArgs => ({
  metadata: metadataOf(name, { model }, platform),
});

/** One rollout took 129 MB at most (`npm run bench:kubernetes`), and who is killed for memory judges nothing meanwhile. */
const CONTROLLER_MEMORY = "192Mi";

/** The controller. Two at once do no harm, and cost. @param code the ConfigMap that it runs */
export const controllerDeployment = (
  model: string,
  code: string,
  platform: ResolvedKubernetesPlatform,
): DeploymentArgs =>
  nodeDeployment(
    {
      ...{ model, name: controllerName(model), component: "controller", isAlone: true },
      image: platform.controller.image,
      code: { configMap: code, file: CONTROLLER_FILE },
      args: ["--route", `${platform.namespace}/${routeName(model)}`],
      serviceAccount: controllerName(model),
      port: CONTROLLER_PORT,
      memory: CONTROLLER_MEMORY,
    },
    platform,
  );

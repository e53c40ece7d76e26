import { Deployment, type DeploymentArgs } from "@pulumi/kubernetes/apps/v1/deployment.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { Role } from "@pulumi/kubernetes/rbac/v1/role.js";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding.js";
import type * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../../kit/index.ts";
import { readController } from "./code-files.ts";
import type { ResolvedKubernetesPlatform } from "./document/resolved.ts";
import { codeOf } from "./objects/code.ts";
import {
  CONTROLLER_FILE,
  controllerBinding,
  controllerDeployment,
  controllerRole,
  keptMap,
} from "./objects/controller.ts";
import { metadataOf } from "./objects/labels.ts";
import { objectAt, type Place } from "./place.ts";
import { controllerName, historyName, stateName } from "./route/names.ts";

/** What a controller is made from beside its model. */
export interface ControllerFacts {
  readonly transform?: Transform<DeploymentArgs> | undefined;
  /** What it writes to: it is there before the controller. */
  readonly route: pulumi.Resource;
}

/**
 * Makes what a rollout is kept in, whoever drives it, and the controller, unless it runs elsewhere or has nothing to go by.
 * What is kept is the controller's: the program makes it empty, and leaves it.
 */
export function createController(
  place: Place,
  model: string,
  platform: ResolvedKubernetesPlatform,
  { transform, route }: ControllerFacts,
): void {
  const kept = [
    { suffix: "rollout", name: stateName(model) },
    { suffix: "history", name: historyName(model) },
  ].map(
    ({ suffix, name }) =>
      new ConfigMap(
        ...objectAt(place, suffix, keptMap(name, model, platform), undefined, {
          ignoreChanges: ["data", "binaryData"],
        }),
      ),
  );
  if (platform.controller.run === "elsewhere" || platform.prometheus === undefined) return;
  const account = new ServiceAccount(
    ...objectAt(place, "controller-account", { metadata: metadataOf(controllerName(model), { model }, platform) }),
  );
  const role = new Role(...objectAt(place, "controller-role", controllerRole(model, platform)));
  const binding = new RoleBinding(
    ...objectAt(place, "controller-rights", controllerBinding(model, platform), undefined, {
      dependsOn: [account, role],
    }),
  );
  const code = codeOf("controller", model, { [CONTROLLER_FILE]: readController() }, platform);
  const map = new ConfigMap(...objectAt(place, `${code.suffix}-code`, code.args));
  new Deployment(
    ...objectAt(place, "controller", controllerDeployment(model, code.name, platform), transform, {
      dependsOn: [...kept, binding, map, route],
    }),
  );
}

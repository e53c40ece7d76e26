import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import type * as pulumi from "@pulumi/pulumi";
import type { ServingPlan } from "../platform.ts";
import { readGoneProgram } from "./code-files.ts";
import { namedSuffix } from "./create-variant.ts";
import type { ResolvedKubernetesPlatform } from "./document/resolved.ts";
import { codeOf } from "./objects/code.ts";
import { goneDeployment, goneService, NOTICES_FILE, retiredIn, retiredService } from "./objects/gone.ts";
import { objectAt, type Place } from "./place.ts";
import type { KubernetesSettings } from "./settings.ts";

/**
 * Makes what answers 410 for versions that are retired; nothing where none is. The Service by which each was named leads there
 * before its pods go, because a run deletes last: until the controller has written other rules, those that stand give 410 as
 * well, also for a version that leaves the document in the same edit.
 */
export function createGone(
  place: Place,
  { traffic }: ServingPlan,
  platform: ResolvedKubernetesPlatform,
  transform: NonNullable<KubernetesSettings["transform"]>,
): readonly pulumi.Resource[] {
  const { model } = traffic;
  const retired = retiredIn(traffic.notices);
  if (Object.keys(retired).length === 0) return [];
  const { file, text } = readGoneProgram();
  const code = codeOf(
    "gone",
    model,
    { [file]: text, [NOTICES_FILE]: JSON.stringify({ model, notices: retired }) },
    platform,
  );
  const map = new ConfigMap(...objectAt(place, `${code.suffix}-code`, code.args));
  const deployment = new Deployment(
    ...objectAt(place, "gone", goneDeployment(model, { configMap: code.name, file }, platform), undefined, {
      dependsOn: [map],
    }),
  );
  const services = Object.keys(retired).map(
    (version) =>
      new Service(
        ...objectAt(place, namedSuffix(version), retiredService({ model, version }, platform), transform.service, {
          dependsOn: [deployment],
        }),
      ),
  );
  return [deployment, new Service(...objectAt(place, "gone-service", goneService(model, platform))), ...services];
}

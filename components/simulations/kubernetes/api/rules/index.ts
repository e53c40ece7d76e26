import type { KubernetesObject } from "../object.ts";
import type { Problem } from "../problem.ts";
import { contentKeys, contentSize, secretKeys } from "./content.ts";
import * as httpRoute from "./http-route.ts";
import { addressIsKept, claimIsFixed, immutableContent, immutableFields } from "./immutable.ts";
import { annotationSize, labels, names } from "./names.ts";
import { policyPeers, policyPorts } from "./network.ts";
import {
  containerNames,
  containerPorts,
  containersAreThere,
  probes,
  resources,
  restartPolicy,
  volumeMounts,
} from "./pods.ts";
import type { Rule } from "./rule.ts";
import { eventNeeds, externalName, servicePorts } from "./services.ts";
import {
  claimNeeds,
  disruptionBounds,
  notNegative,
  roleNeeds,
  scalerBounds,
  schedule,
  selectorMatches,
  strategy,
} from "./workloads.ts";

/** Everything that is demanded of an object beyond its schema. */
export const rules: readonly Rule[] = [
  names,
  labels,
  annotationSize,
  immutableFields,
  addressIsKept,
  immutableContent,
  claimIsFixed,
  containersAreThere,
  containerNames,
  containerPorts,
  resources,
  volumeMounts,
  probes,
  restartPolicy,
  selectorMatches,
  notNegative,
  strategy,
  scalerBounds,
  disruptionBounds,
  schedule,
  claimNeeds,
  roleNeeds,
  policyPorts,
  policyPeers,
  servicePorts,
  externalName,
  contentKeys,
  contentSize,
  secretKeys,
  eventNeeds,
  httpRoute.oneFilterOfAKind,
  httpRoute.redirectOrRewrite,
  httpRoute.redirectHasNoBackend,
  httpRoute.filterSaysItsType,
  httpRoute.mirrorShare,
  httpRoute.servicesHavePorts,
  httpRoute.matchesInAll,
  httpRoute.pathForms,
  httpRoute.timeouts,
  httpRoute.headersOnce,
  httpRoute.parentsOnce,
];

/** What keeps a server from asking the expressions of a schema. Source: apiextensions-apiserver v0.34.1 hasBlockingErr */
const BLOCKING: ReadonlySet<Problem["reason"]> = new Set([
  "FieldValueNotSupported",
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
]);

/** What the rules that are on say of an object. @param shape what its schema said of it */
export function problemsOf(
  object: KubernetesObject,
  before: KubernetesObject | undefined,
  shape: readonly Problem[],
  isOff: (name: string) => boolean,
): readonly Problem[] {
  const isBlocked = shape.some(({ reason }) => BLOCKING.has(reason));
  return rules
    .filter(({ name, kinds }) => !isOff(name) && (kinds === undefined || kinds.includes(object.kind)))
    .filter(({ isExpression = false }) => !(isExpression && isBlocked))
    .flatMap((rule) => rule.check(object, before));
}

import { historyName, routeName, stateName } from "../route/names.ts";

/** One rule of a Role (rbac.authorization.k8s.io/v1). */
export interface RoleRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * All that a controller of a model may do: read and change its route, read and change what it keeps, see which pods are
 * ready, and tell people. It creates nothing but events: what it writes to is there before it.
 */
export const roleRules = (model: string): readonly RoleRule[] => [
  {
    apiGroups: ["gateway.networking.k8s.io"],
    resources: ["httproutes"],
    resourceNames: [routeName(model)],
    verbs: ["get", "patch"],
  },
  {
    apiGroups: [""],
    resources: ["configmaps"],
    resourceNames: [stateName(model), historyName(model)],
    verbs: ["get", "update"],
  },
  // `list` cannot be limited by name.
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list"] },
  { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["create"] },
];

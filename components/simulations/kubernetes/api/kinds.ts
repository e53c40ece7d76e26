/** A kind of object, as its API names it. */
export interface Kind {
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** In paths and in messages: `deployments`. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Its status is written through a path of its own alone. */
  readonly hasStatus: boolean;
  /** What is replaced and not there is created. */
  readonly isCreatedByReplace: boolean;
  /** Who replaces it says which version: of kinds that a definition adds that goes without saying. */
  readonly needsVersion: boolean;
}

/** Source: k8s.io/kubernetes v1.34.1 pkg/registry (AllowCreateOnUpdate). */
const CREATED_BY_REPLACE = new Set(["Service", "Role", "RoleBinding", "Event"]);
/** Source: the same (AllowUnconditionalUpdate). */
const NEEDS_VERSION = new Set(["PodDisruptionBudget"]);

const builtIn = (group: string, version: string, kind: string, plural: string, hasStatus = false): Kind => ({
  group,
  version,
  kind,
  plural,
  namespaced: kind !== "Namespace",
  hasStatus,
  isCreatedByReplace: CREATED_BY_REPLACE.has(kind),
  needsVersion: NEEDS_VERSION.has(kind),
});

/** Every kind that the simulation has. Another is an answer 404, as of a cluster that lacks its definition. */
export const kinds: readonly Kind[] = [
  builtIn("", "v1", "Namespace", "namespaces", true),
  builtIn("", "v1", "ServiceAccount", "serviceaccounts"),
  builtIn("", "v1", "ConfigMap", "configmaps"),
  builtIn("", "v1", "Secret", "secrets"),
  builtIn("", "v1", "Service", "services", true),
  builtIn("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true),
  builtIn("", "v1", "ResourceQuota", "resourcequotas", true),
  builtIn("apps", "v1", "Deployment", "deployments", true),
  builtIn("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true),
  builtIn("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", true),
  builtIn("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
  builtIn("rbac.authorization.k8s.io", "v1", "Role", "roles"),
  builtIn("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"),
  builtIn("batch", "v1", "Job", "jobs", true),
  builtIn("batch", "v1", "CronJob", "cronjobs", true),
  builtIn("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices"),
  builtIn("events.k8s.io", "v1", "Event", "events"),
  builtIn("gateway.networking.k8s.io", "v1", "Gateway", "gateways", true),
  builtIn("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes", true),
  builtIn("gateway.networking.k8s.io", "v1beta1", "ReferenceGrant", "referencegrants"),
  builtIn("monitoring.coreos.com", "v1", "PrometheusRule", "prometheusrules", true),
  builtIn("monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors", true),
  builtIn("monitoring.coreos.com", "v1", "PodMonitor", "podmonitors", true),
  builtIn("keda.sh", "v1alpha1", "ScaledObject", "scaledobjects", true),
];

/** `v1`, `apps/v1`. */
export const apiVersionOf = ({ group, version }: Kind): string => (group === "" ? version : `${group}/${version}`);

/** `deployments.apps`, as messages name it. */
export const resourceOf = ({ group, plural }: Kind): string => (group === "" ? plural : `${plural}.${group}`);

/** A kind by what an object says of itself. */
export const kindOf = (apiVersion: unknown, kind: unknown): Kind | undefined =>
  kinds.find((each) => each.kind === kind && apiVersionOf(each) === apiVersion);

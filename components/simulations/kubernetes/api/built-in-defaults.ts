import {
  type Data,
  isRecord,
  type KubernetesObject,
  listOf,
  recordOf,
  recordsOf,
  valueAt,
  withValueAt,
} from "./object.ts";
import { withPodDefaults } from "./pod-defaults.ts";

type Fill = (object: KubernetesObject) => KubernetesObject;

/** Puts `standard` under what a field has already. */
const under = (data: Data, way: readonly string[], standard: Data): KubernetesObject =>
  withValueAt(data, way, { ...standard, ...recordOf(valueAt(data, ...way)) }) as KubernetesObject;

const podAt =
  (...way: readonly string[]): Fill =>
  (object) =>
    withValueAt(object, way, withPodDefaults(recordOf(valueAt(object, ...way)))) as KubernetesObject;

const deployment: Fill = (object) => {
  const rolling = { maxUnavailable: "25%", maxSurge: "25%" };
  const strategy = recordOf(valueAt(object, "spec", "strategy"));
  const type = strategy.type ?? "RollingUpdate";
  const filled = under(object, ["spec"], { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
  const whole = type === "RollingUpdate" ? { ...rolling, ...recordOf(strategy.rollingUpdate) } : strategy.rollingUpdate;
  const planned = withValueAt(filled, ["spec", "strategy"], {
    ...strategy,
    type,
    ...(whole === undefined ? {} : { rollingUpdate: whole }),
  });
  return podAt("spec", "template", "spec")(planned as KubernetesObject);
};

const service: Fill = (object) => {
  const ports = recordsOf(valueAt(object, "spec", "ports")).map((port) => ({
    protocol: "TCP",
    ...port,
    targetPort: port.targetPort ?? port.port,
  }));
  const isOutside = valueAt(object, "spec", "type") === "ExternalName";
  const filled = under(object, ["spec"], {
    type: "ClusterIP",
    sessionAffinity: "None",
    ...(isOutside ? {} : { internalTrafficPolicy: "Cluster" }),
  });
  return (ports.length === 0 ? filled : withValueAt(filled, ["spec", "ports"], ports)) as KubernetesObject;
};

const SCALE_DOWN = { selectPolicy: "Max", policies: [{ type: "Percent", value: 100, periodSeconds: 15 }] };
const SCALE_UP = {
  stabilizationWindowSeconds: 0,
  selectPolicy: "Max",
  policies: [
    { type: "Pods", value: 4, periodSeconds: 15 },
    { type: "Percent", value: 100, periodSeconds: 15 },
  ],
};

const scaler: Fill = (object) => {
  const cpu = { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } };
  const filled = under(object, ["spec"], { minReplicas: 1 });
  const measured =
    listOf(valueAt(filled, "spec", "metrics")).length > 0
      ? filled
      : (withValueAt(filled, ["spec", "metrics"], [cpu]) as KubernetesObject);
  return isRecord(valueAt(measured, "spec", "behavior"))
    ? under(under(measured, ["spec", "behavior", "scaleUp"], SCALE_UP), ["spec", "behavior", "scaleDown"], SCALE_DOWN)
    : measured;
};

const networkPolicy: Fill = (object) => {
  const spec = recordOf(object.spec);
  const withProtocols = (rules: unknown): readonly Data[] | undefined =>
    rules === undefined
      ? undefined
      : recordsOf(rules).map((rule) =>
          Array.isArray(rule.ports)
            ? { ...rule, ports: recordsOf(rule.ports).map((port) => ({ protocol: "TCP", ...port })) }
            : rule,
        );
  const policyTypes = spec.policyTypes ?? ["Ingress", ...(listOf(spec.egress).length > 0 ? ["Egress"] : [])];
  const [ingress, egress] = [withProtocols(spec.ingress), withProtocols(spec.egress)];
  return { ...object, spec: { ...spec, policyTypes, ...(ingress && { ingress }), ...(egress && { egress }) } };
};

const RBAC = "rbac.authorization.k8s.io";

const roleBinding: Fill = (object) => ({
  ...object,
  roleRef: { apiGroup: RBAC, ...recordOf(object.roleRef) },
  ...(Array.isArray(object.subjects)
    ? {
        subjects: recordsOf(object.subjects).map((subject) =>
          subject.kind === "ServiceAccount" ? subject : { apiGroup: RBAC, ...subject },
        ),
      }
    : {}),
});

const job: Fill = (object) =>
  podAt(
    "spec",
    "template",
    "spec",
  )(
    under(object, ["spec"], {
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      completionMode: "NonIndexed",
      suspend: false,
      podReplacementPolicy: "TerminatingOrFailed",
      manualSelector: false,
    }),
  );

/** A Job selects its own pods by its id. Source: pkg/registry/batch/job/strategy.go (generateSelector) */
const jobThatSelects: Fill = (object) => {
  if (valueAt(object, "spec", "manualSelector") === true) return object;
  const { name, uid = "" } = object.metadata;
  const own = {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
    "controller-uid": uid,
    "job-name": name,
  };
  return withValueAt(under(object, ["spec", "template", "metadata", "labels"], own), ["spec", "selector"], {
    matchLabels: { "batch.kubernetes.io/controller-uid": uid },
  }) as KubernetesObject;
};

/** Metadata of a template is a structure that is there, empty or not. */
const cronJob: Fill = (object) => {
  const jobTemplate = ["spec", "jobTemplate"];
  const template = [...jobTemplate, "spec", "template"];
  const filled = under(object, ["spec"], {
    concurrencyPolicy: "Allow",
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  });
  return podAt(
    ...template,
    "spec",
  )(under(under(filled, [...jobTemplate, "metadata"], {}), [...template, "metadata"], {}));
};

const secret: Fill = ({ stringData, ...object }) => {
  const added = Object.entries(recordOf(stringData)).map(([key, text]) => [
    key,
    Buffer.from(String(text)).toString("base64"),
  ]);
  return {
    type: "Opaque",
    ...object,
    ...(isRecord(object.data) || added.length > 0
      ? { data: { ...recordOf(object.data), ...Object.fromEntries(added) } }
      : {}),
  } as KubernetesObject;
};

const namespace: Fill = (object) => {
  const named = under(object, ["metadata", "labels"], { "kubernetes.io/metadata.name": object.metadata.name });
  return under(under(named, ["spec"], { finalizers: ["kubernetes"] }), ["status"], { phase: "Active" });
};

const claim: Fill = (object) =>
  under(under(object, ["spec"], { volumeMode: "Filesystem" }), ["status"], { phase: "Pending" });

/**
 * What the server's own code fills in, by kind. Source: k8s.io/kubernetes v1.34.1, `pkg/apis/<group>/<version>/defaults.go`
 * and `pkg/registry/<group>/<kind>/strategy.go`.
 */
export const builtInDefaults: Readonly<Record<string, Fill>> = {
  Deployment: deployment,
  Service: service,
  HorizontalPodAutoscaler: scaler,
  NetworkPolicy: networkPolicy,
  RoleBinding: roleBinding,
  Job: job,
  CronJob: cronJob,
  Secret: secret,
  Namespace: namespace,
  PersistentVolumeClaim: claim,
};

const asItsTemplate: Fill = (object) => {
  const labels = object.metadata.labels ?? valueAt(object, "spec", "template", "metadata", "labels");
  return withValueAt(object, ["metadata", "labels"], labels) as KubernetesObject;
};

/** What is filled in once, when an object is new. */
export const filledWhenNew: Readonly<Record<string, Fill>> = { Job: jobThatSelects };

/** What is filled in when an object is read again: what was not there while it was checked. Same source. */
export const filledWhenRead: Readonly<Record<string, Fill>> = { Job: asItsTemplate };

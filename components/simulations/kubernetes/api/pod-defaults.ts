import { type Data, isRecord, recordOf, recordsOf } from "./object.ts";

/**
 * The spec of a template of pods as the server fills it in. What is limited is asked for of a pod, not of its template.
 * Source: k8s.io/kubernetes v1.34.1, `pkg/apis/core/v1/defaults.go`.
 */
export function withPodDefaults(spec: Data): Data {
  const account = spec.serviceAccountName ?? spec.serviceAccount;
  return {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
    ...spec,
    ...(account === undefined ? {} : { serviceAccountName: account, serviceAccount: account }),
    ...(Array.isArray(spec.containers) ? { containers: recordsOf(spec.containers).map(container) } : {}),
    ...(Array.isArray(spec.initContainers) ? { initContainers: recordsOf(spec.initContainers).map(container) } : {}),
    ...(Array.isArray(spec.volumes) ? { volumes: recordsOf(spec.volumes).map(volume) } : {}),
  };
}

function container(given: Data): Data {
  const { ports, env } = given;
  const probes = ["livenessProbe", "readinessProbe", "startupProbe"].flatMap((name) => {
    const probed = given[name];
    return isRecord(probed) ? [[name, probe(probed)]] : [];
  });
  return {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: isMoving(given.image) ? "Always" : "IfNotPresent",
    ...given,
    resources: recordOf(given.resources),
    ...(Array.isArray(ports) ? { ports: recordsOf(ports).map((port) => ({ protocol: "TCP", ...port })) } : {}),
    ...(Array.isArray(env) ? { env: recordsOf(env).map(variable) } : {}),
    ...Object.fromEntries(probes),
  };
}

/** A tag that is left out, or `latest`: it is pulled each time. */
function isMoving(image: unknown): boolean {
  const name = String(image ?? "");
  if (name.includes("@")) return false;
  const tag = name.split("/").at(-1)?.split(":")[1];
  return tag === undefined || tag === "latest";
}

const variable = (given: Data): Data => {
  const from = recordOf(given.valueFrom);
  return isRecord(from.fieldRef)
    ? { ...given, valueFrom: { ...from, fieldRef: { apiVersion: "v1", ...from.fieldRef } } }
    : given;
};

const probe = (given: Data): Data => ({
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
  ...given,
  ...(isRecord(given.httpGet) ? { httpGet: { path: "/", scheme: "HTTP", ...given.httpGet } } : {}),
});

const MODE = 0o644;

function volume(given: Data): Data {
  const [kind] = ["configMap", "secret", "projected", "downwardAPI"].filter((name) => isRecord(given[name]));
  return kind === undefined ? given : { ...given, [kind]: { defaultMode: MODE, ...recordOf(given[kind]) } };
}

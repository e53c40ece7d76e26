import { type Json, type Subject, subject } from "./subjects.ts";

const labels = { app: "model" };
const container = { name: "model", image: "example.com/model:1" };

const pod = (spec: Json): Json => ({ metadata: { labels }, spec });
const template = (spec: Json): Json => ({ spec: { template: pod(spec) } });
const containers = (fields: Json): Json => template({ containers: [{ ...container, ...fields }] });
const httpGet = { path: "/ready", port: 8080 };

/** What may be tried with a container of any kind of workload. */
const ofContainers: Readonly<Record<string, Json>> = {
  "without an image": template({ containers: [{ name: "model" }] }),
  "without containers": template({ containers: [] }),
  "with two containers of one name": template({ containers: [container, container] }),
  "with an upper-case container name": containers({ name: "Model" }),
  "with a port": containers({ ports: [{ containerPort: 8080 }] }),
  "with port 0": containers({ ports: [{ containerPort: 0 }] }),
  "with port 70000": containers({ ports: [{ containerPort: 70_000 }] }),
  "with a port name of 16": containers({ ports: [{ containerPort: 80, name: "abcdefghijklmnop" }] }),
  "with a port name with two hyphens": containers({ ports: [{ containerPort: 80, name: "http--1" }] }),
  "with a mount of an image volume, which 1.34 drops": template({
    containers: [{ ...container, volumeMounts: [{ name: "models", mountPath: "/models" }] }],
    volumes: [
      { name: "models", image: { reference: "example.com/weights:1" } },
      { name: "cache", emptyDir: {} },
    ],
  }),
  "with empty lists": containers({ env: [], ports: [], command: [] }),
  "with two ports of one name": containers({
    ports: [
      { containerPort: 80, name: "http" },
      { containerPort: 81, name: "http" },
    ],
  }),
  "with limits": containers({ resources: { limits: { cpu: "1", memory: "1Gi" } } }),
  "with requests above limits": containers({ resources: { limits: { cpu: "1" }, requests: { cpu: "2" } } }),
  "with a negative request": containers({ resources: { requests: { cpu: "-1" } } }),
  "with a quantity that is none": containers({ resources: { requests: { memory: "much" } } }),
  "with a mount of no volume": containers({ volumeMounts: [{ name: "models", mountPath: "/models" }] }),
  "with a mount of a volume": template({
    containers: [{ ...container, volumeMounts: [{ name: "models", mountPath: "/models" }] }],
    volumes: [{ name: "models", emptyDir: {} }],
  }),
  "with an image volume, which 1.34 drops": template({
    containers: [container],
    volumes: [{ name: "models", image: { reference: "example.com/weights:1" } }],
  }),
  "with a preStop sleep": containers({ lifecycle: { preStop: { sleep: { seconds: 5 } } } }),
  "with the restricted profile": containers({
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
  }),
  "with an environment": containers({ env: [{ name: "MODEL", value: "sentiment" }] }),
  "with a nameless environment": containers({ env: [{ value: "sentiment" }] }),
  "with an unknown pull policy": containers({ imagePullPolicy: "Sometimes" }),
};

const replicas = { replicas: 3 };

export const workloads: readonly Subject[] = [
  subject("Deployment", "apps/v1", "deployments", {
    body: { spec: { selector: { matchLabels: labels }, template: pod({ containers: [container] }) } },
    change: { spec: replicas },
    variations: {
      ...ofContainers,
      "with probes": containers({ readinessProbe: { httpGet }, livenessProbe: { httpGet, periodSeconds: 5 } }),
      "with a probe without a way": containers({ readinessProbe: { periodSeconds: 5 } }),
      "with a liveness probe that wants two successes": containers({ livenessProbe: { httpGet, successThreshold: 2 } }),
      "with a probe in two ways": containers({ readinessProbe: { httpGet, tcpSocket: { port: 8080 } } }),
      "with minus one replicas": { spec: { replicas: -1 } },
      "with replicas as text": { spec: { replicas: "3" } },
      "without a selector": { spec: { selector: null } },
      "with an empty selector": { spec: { selector: { matchLabels: null } } },
      "with a selector of other labels": { spec: { selector: { matchLabels: { app: "other" } } } },
      "with strategy Recreate": { spec: { strategy: { type: "Recreate" } } },
      "with an unknown strategy": { spec: { strategy: { type: "Sudden" } } },
      "with Recreate and rollingUpdate": { spec: { strategy: { type: "Recreate", rollingUpdate: { maxSurge: 1 } } } },
      "that may neither surge nor lack": { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } },
      "that may lack more than all": { spec: { strategy: { rollingUpdate: { maxUnavailable: "101%" } } } },
      "that may surge by minus one": { spec: { strategy: { rollingUpdate: { maxSurge: -1 } } } },
      "with a bad label in its template": { spec: { template: { metadata: { labels: { digest: "sha256:abc" } } } } },
      "that may lack nothing": { spec: { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } } },
      "with tolerations and node selector": template({
        containers: [container],
        nodeSelector: { gpu: "a100" },
        tolerations: [{ key: "gpu", operator: "Exists", effect: "NoSchedule" }],
      }),
      "with pull secrets and a service account": template({
        containers: [container],
        serviceAccountName: "model",
        imagePullSecrets: [{ name: "registry" }],
      }),
      "with a grace period": template({ containers: [container], terminationGracePeriodSeconds: 60 }),
      "with an unknown restart policy": template({ containers: [container], restartPolicy: "Never" }),
    },
    edits: {
      "of its selector": { spec: { selector: { matchLabels: { version: "v2" } } } },
      "of its image": containers({ image: "example.com/model:2" }),
      "of its replicas to minus one": { spec: { replicas: -1 } },
      "to paused": { spec: { paused: true } },
      "of its annotations": { metadata: { annotations: { note: "here" } } },
    },
  }),
  subject("Job", "batch/v1", "jobs", {
    body: { spec: { template: { spec: { restartPolicy: "Never", containers: [container] } } } },
    change: { metadata: { annotations: { note: "here" } } },
    variations: {
      "with restartPolicy Always": { spec: { template: { spec: { restartPolicy: "Always" } } } },
      "with a negative backoffLimit": { spec: { backoffLimit: -1 } },
      "with labels of its own": { metadata: { labels: { team: "models" } } },
      "with labels of its pods": { spec: { template: { metadata: { labels: { team: "models" } } } } },
      "that is removed after a while": { spec: { ttlSecondsAfterFinished: 60 } },
    },
    edits: {
      "of its template": {
        spec: { template: { spec: { containers: [{ name: "model", image: "example.com/model:2" }] } } },
      },
      "of its completions": { spec: { completions: 2 } },
    },
  }),
  subject("CronJob", "batch/v1", "cronjobs", {
    body: {
      spec: {
        schedule: "0 3 * * *",
        jobTemplate: { spec: { template: { spec: { restartPolicy: "OnFailure", containers: [container] } } } },
      },
    },
    change: { spec: { schedule: "0 4 * * *" } },
    variations: {
      "with a macro": { spec: { schedule: "@hourly" } },
      "with four fields": { spec: { schedule: "0 3 * *" } },
      "with no schedule": { spec: { schedule: null } },
      "with an unknown concurrencyPolicy": { spec: { concurrencyPolicy: "Maybe" } },
    },
    edits: { "of its schedule to nonsense": { spec: { schedule: "never" } } },
  }),
  subject("HorizontalPodAutoscaler", "autoscaling/v2", "horizontalpodautoscalers", {
    body: {
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "model" },
        minReplicas: 2,
        maxReplicas: 4,
      },
    },
    change: { spec: { maxReplicas: 6 } },
    variations: {
      "with a target of CPU": {
        spec: {
          metrics: [
            { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } } },
          ],
        },
      },
      "with least above most": { spec: { minReplicas: 5 } },
      "with least 0": { spec: { minReplicas: 0 } },
      "without most": { spec: { maxReplicas: null } },
      "without a target": { spec: { scaleTargetRef: null } },
      "of a target of the core group": { spec: { scaleTargetRef: { apiVersion: "v1" } } },
      "that scales up by policies of its own": {
        spec: { behavior: { scaleUp: { policies: [{ type: "Pods", value: 1, periodSeconds: 60 }] } } },
      },
      "with a nameless target": { spec: { scaleTargetRef: { name: "" } } },
      "that never scales down": { spec: { behavior: { scaleDown: { selectPolicy: "Disabled" } } } },
    },
    edits: { "of most to 1": { spec: { maxReplicas: 1 } } },
  }),
  subject("PodDisruptionBudget", "policy/v1", "poddisruptionbudgets", {
    body: { spec: { minAvailable: 1, selector: { matchLabels: labels } } },
    change: { spec: { minAvailable: 2 } },
    variations: {
      "with a share": { spec: { minAvailable: "50%" } },
      "with both bounds": { spec: { maxUnavailable: 1 } },
      "with half a word": { spec: { minAvailable: "half" } },
      "with an upper bound of 101 %": { spec: { minAvailable: null, maxUnavailable: "101%" } },
      "with minus one": { spec: { minAvailable: -1 } },
      "with 150 %": { spec: { minAvailable: "150%" } },
    },
    edits: { "of both bounds": { spec: { maxUnavailable: 1 } } },
  }),
];

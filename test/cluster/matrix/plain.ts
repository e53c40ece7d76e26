import { type Subject, subject } from "./subjects.ts";

const port = { port: 80, targetPort: 8080 };

/** Kinds that hold data, names and rights. */
export const plain: readonly Subject[] = [
  subject("Namespace", "v1", "namespaces", {
    body: {},
    change: { metadata: { labels: { team: "models" } } },
  }),
  subject("ServiceAccount", "v1", "serviceaccounts", {
    body: {},
    change: { automountServiceAccountToken: false },
    variations: { "with pull secrets": { imagePullSecrets: [{ name: "registry" }] } },
  }),
  subject("ConfigMap", "v1", "configmaps", {
    body: { data: { "state.json": "{}" } },
    change: { data: { "state.json": '{"format":1}' } },
    variations: {
      "with binary data": { binaryData: { "running.json.gz": "AAEC" } },
      "with binary data that is no base64": { binaryData: { "running.json.gz": "%" } },
      "with a bad key": { data: { "a/b": "1" } },
      "with a key in both": { binaryData: { "state.json": "AAEC" } },
      "that is immutable": { immutable: true },
      "with a number": { data: { "state.json": 1 } },
      "that is larger than 1 MiB": { data: { "state.json": "x".repeat(1_048_577) } },
      "that is exactly 1 MiB": { data: { "state.json": "x".repeat(1_048_576) } },
    },
    edits: { "to immutable": { immutable: true }, "of a key away": { data: { "state.json": null } } },
  }),
  subject("Secret", "v1", "secrets", {
    body: { stringData: { token: "abc" } },
    change: { stringData: { token: "def" } },
    variations: {
      "with data": { data: { token: "YWJj" } },
      "with data that is no base64": { data: { token: "%" } },
      "of a type of one's own": { type: "example.com/token" },
      "of type tls without a key": { type: "kubernetes.io/tls", data: { "tls.crt": "YWJj" } },
      "of type basic-auth with a user": { type: "kubernetes.io/basic-auth", data: { username: "YWJj" } },
      "of type basic-auth with neither": { type: "kubernetes.io/basic-auth" },
      "of type dockerconfigjson without its key": { type: "kubernetes.io/dockerconfigjson" },
    },
    edits: { "of its type": { type: "example.com/other" } },
  }),
  subject("Service", "v1", "services", {
    body: { spec: { selector: { app: "model" }, ports: [port] } },
    change: { spec: { selector: { app: "other" } } },
    variations: {
      "without an address": { spec: { clusterIP: "None" } },
      "without ports": { spec: { ports: [] } },
      "with port 0": { spec: { ports: [{ port: 0 }] } },
      "with port 70000": { spec: { ports: [{ port: 70_000 }] } },
      "with a target by name": { spec: { ports: [{ port: 80, targetPort: "http" }] } },
      "with a target of a bad name": { spec: { ports: [{ port: 80, targetPort: "HTTP--1" }] } },
      "with two nameless ports": { spec: { ports: [port, { port: 81 }] } },
      "with two named ports": {
        spec: {
          ports: [
            { name: "http", ...port },
            { name: "metrics", port: 81 },
          ],
        },
      },
      "with two ports of one number": {
        spec: {
          ports: [
            { name: "http", ...port },
            { name: "again", ...port },
          ],
        },
      },
      "of an unknown type": { spec: { type: "Elsewhere" } },
      "of type ExternalName without a name": { spec: { type: "ExternalName" } },
      "of type ExternalName": { spec: { type: "ExternalName", externalName: "models.example.com", ports: null } },
    },
    edits: {
      "of its address": { spec: { clusterIP: "10.96.200.200" } },
      "of its ports": { spec: { ports: [{ port: 81 }] } },
      "of its ports away": { spec: { ports: null } },
    },
  }),
  subject("PersistentVolumeClaim", "v1", "persistentvolumeclaims", {
    body: { spec: { accessModes: ["ReadOnlyMany"], resources: { requests: { storage: "1Gi" } } } },
    change: { metadata: { annotations: { note: "here" } } },
    variations: {
      "without access modes": { spec: { accessModes: [] } },
      "without an amount": { spec: { resources: null } },
      "of nothing": { spec: { resources: { requests: { storage: "0" } } } },
      "of an unknown mode": { spec: { accessModes: ["Sometimes"] } },
      "of a class": { spec: { storageClassName: "fast" } },
    },
    edits: {
      "of its access modes": { spec: { accessModes: ["ReadWriteOnce"] } },
      "of its class": { spec: { storageClassName: "fast" } },
    },
  }),
  subject("NetworkPolicy", "networking.k8s.io/v1", "networkpolicies", {
    body: {
      spec: {
        podSelector: { matchLabels: { app: "model" } },
        policyTypes: ["Ingress"],
        ingress: [{ ports: [{ port: 8080 }] }],
      },
    },
    change: { spec: { policyTypes: ["Ingress", "Egress"] } },
    variations: {
      "from a namespace": {
        spec: {
          ingress: [{ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "gateways" } } }] }],
        },
      },
      "with an unknown type": { spec: { policyTypes: ["Sideways"] } },
      "with port 70000": { spec: { ingress: [{ ports: [{ port: 70_000 }] }] } },
      "with a port by name": { spec: { ingress: [{ ports: [{ port: "http" }] }] } },
      "with a port of a bad name": { spec: { ingress: [{ ports: [{ port: "HTTP" }] }] } },
      "with a range of ports": { spec: { ingress: [{ ports: [{ port: 80, endPort: 90 }] }] } },
      "with a range that ends before it begins": { spec: { ingress: [{ ports: [{ port: 80, endPort: 70 }] }] } },
      "with a range by name": { spec: { ingress: [{ ports: [{ port: "http", endPort: 90 }] }] } },
      "with a range without a beginning": { spec: { ingress: [{ ports: [{ endPort: 90 }] }] } },
      "to nobody": { spec: { egress: [{ to: [{}] }] } },
      "to a block": { spec: { egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } }] }] } },
      "to a block of 33 bits": { spec: { egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/33" } }] }] } },
      "to a block and pods": { spec: { egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" }, podSelector: {} }] }] } },
      "to a block of the other family": { spec: { egress: [{ to: [{ ipBlock: { cidr: "2001:db8::/64" } }] }] } },
      "from a block that is none": { spec: { ingress: [{ from: [{ ipBlock: { cidr: "anywhere" } }] }] } },
    },
  }),
  subject("Role", "rbac.authorization.k8s.io/v1", "roles", {
    body: {
      rules: [{ apiGroups: [""], resources: ["configmaps"], resourceNames: ["state"], verbs: ["get", "update"] }],
    },
    change: { rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }] },
    variations: {
      "without verbs": { rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: [] }] },
      "without groups": { rules: [{ resources: ["configmaps"], verbs: ["get"] }] },
      "without resources": { rules: [{ apiGroups: [""], verbs: ["get"] }] },
      "without rules": { rules: null },
    },
  }),
  subject("RoleBinding", "rbac.authorization.k8s.io/v1", "rolebindings", {
    body: {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
      subjects: [{ kind: "ServiceAccount", name: "model", namespace: "default" }],
    },
    change: { subjects: [{ kind: "ServiceAccount", name: "other", namespace: "default" }] },
    variations: {
      "to an unknown kind": { roleRef: { kind: "Hat" } },
      "to no name": { roleRef: { name: "" } },
      "of nobody": { subjects: null },
    },
    edits: { "of what it binds to": { roleRef: { name: "edit" } } },
  }),
];

import type { z } from "zod";
import * as scalars from "../../../release/scalars.ts";
import { byName, listOf, optional, section } from "../../../release/section.ts";
import { gatewayKinds } from "../route/gateway-kind.ts";
import { serverKinds } from "../servers/server-kind.ts";
import type { KubernetesPlatformDocument } from "./parts.ts";
import {
  amount,
  anyText,
  host,
  httpPath,
  image,
  labelKey,
  labelValue,
  objectName,
  quantity,
  variableName,
} from "./scalars.ts";

type Fields = {
  readonly [K in Exclude<keyof KubernetesPlatformDocument, "kind">]-?: z.ZodType<KubernetesPlatformDocument[K]>;
};

const namespace = (example: string) => scalars.label(63, example);

const pods = (example: string) => scalars.integer('a number of pods, "1" to "1000"', example, 1, 1000);

const gateway = section("GatewayDocument", {
  kind: scalars.choice(...gatewayKinds),
  name: objectName("public"),
  namespace: optional(namespace("gateways")),
  listener: optional(objectName("https")),
});

const server = section("ServerDocument", {
  kind: optional(scalars.choice(...serverKinds)),
  image: optional(image("ghcr.io/team/server@sha256:…")),
  port: optional(scalars.port()),
  ready: optional(httpPath("/v2/health/ready")),
  live: optional(httpPath("/v2/health/live")),
  args: optional(listOf(anyText, { most: 50 }, "a list of at most 50 texts")),
  env: optional(byName(variableName, anyText, "texts by the name of a variable")),
  drain: optional(scalars.deadline),
});

const replicas = section("ReplicasDocument", {
  least: optional(pods("2")),
  most: optional(pods("10")),
  candidate: optional(pods("5")),
  cpu: optional(scalars.integer('per cent of the CPU that is asked for, "1" to "100"', "70", 1, 100)),
  keda: optional(
    section("KedaDocument", {
      query: optional(scalars.line(1_000, 'sum(rate(requests_total{service=\\"{service}\\"}[1m]))')),
      perPod: optional(amount("50")),
    }),
  ),
});

const resources = section("ResourcesDocument", {
  cpu: optional(quantity("500m")),
  memory: optional(quantity("1Gi")),
  cpuLimit: optional(quantity("2")),
  devices: optional(byName(labelKey, quantity("1"), "quantities by the name of a device")),
});

const toleration = section("TolerationDocument", {
  key: labelKey,
  value: optional(labelValue),
  effect: optional(scalars.choice("NoSchedule", "PreferNoSchedule", "NoExecute")),
});

const prometheus = section("PrometheusDocument", {
  url: scalars.address("http://prometheus.monitoring:9090"),
  interval: optional(scalars.duration("15 seconds")),
  selector: optional(scalars.line(400, 'cluster=\\"eu\\"')),
});

/** The fields of `platform: { kind: kubernetes }` beside `kind`. */
export const kubernetesFields: Fields = {
  namespace: namespace("models"),
  context: optional(scalars.line(200, "production")),
  gateway,
  hosts: listOf(host, { least: 1, most: 16 }, "a list of 1 to 16 hosts"),
  url: optional(scalars.address("https://sentiment.example.com")),
  server: optional(server),
  replicas: optional(replicas),
  resources: optional(resources),
  nodeSelector: optional(byName(labelKey, labelValue, "labels by name")),
  tolerations: optional(listOf(toleration, { most: 20 }, "a list of at most 20 taints")),
  serviceAccount: optional(objectName("sentiment")),
  pullSecrets: optional(listOf(objectName("registry"), { most: 10 }, "a list of at most 10 names")),
  labels: optional(byName(labelKey, labelValue, "labels by name")),
  annotations: optional(byName(labelKey, anyText, "texts by the name of an annotation")),
  networkPolicy: optional(
    section("NetworkPolicyDocument", {
      from: listOf(namespace("gateways"), { least: 1, most: 20 }, "a list of 1 to 20 namespaces"),
    }),
  ),
  prometheus: optional(prometheus),
  controller: optional(
    section("ControllerDocument", {
      run: optional(scalars.choice("cluster", "elsewhere")),
      image: optional(image("node@sha256:…")),
    }),
  ),
  deadline: optional(scalars.deadline),
};

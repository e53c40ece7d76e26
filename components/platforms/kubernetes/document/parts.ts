import type { Duration } from "../../../release/units.ts";
import type { GatewayKind } from "../route/gateway-kind.ts";
import type { ServerKind } from "../servers/server-kind.ts";

/** `platform` of a release that a cluster serves. */
export interface KubernetesPlatformDocument {
  /** kubernetes: pods behind a Gateway of the Gateway API, and a controller beside them. */
  readonly kind: "kubernetes";
  /** The namespace of everything that serves the model; it must exist. Another one is another endpoint: all of it is created there, then the old is deleted. */
  readonly namespace: string;
  /** The kubeconfig's context, for the program and for mlc. Another one is another cluster. @default the current one; for the program, what its provider takes */
  readonly context?: string;
  /** The Gateway that clients come in by. Another one moves the route, and requests with it. */
  readonly gateway: GatewayDocument;
  /** The hosts that clients call, 1 to 16. A change is made in place, from the next request on. */
  readonly hosts: readonly string[];
  /** Where clients send requests, as it is shown to people; it changes nothing that serves. @default http:// and the first host */
  readonly url?: string;
  /** What answers inside a pod. A change starts every version's pods anew, a few at a time. @default { kind: container } */
  readonly server?: ServerDocument;
  /** How many pods serve each version. A change is made in place. @default { least: "2" } */
  readonly replicas?: ReplicasDocument;
  /** What each pod asks for, and may take at most. A change starts every version's pods anew, a few at a time. @default {} */
  readonly resources?: ResourcesDocument;
  /** Labels that a node must have, by name: `{ accelerator: "l4" }`. A change starts every version's pods anew, a few at a time. @default {} */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Taints that pods stand, at most 20. A change starts every version's pods anew, a few at a time. @default [] */
  readonly tolerations?: readonly TolerationDocument[];
  /** A ServiceAccount of the team for the pods that serve. A change starts every version's pods anew, a few at a time. @default one without rights, made for the model */
  readonly serviceAccount?: string;
  /** Secrets that images are pulled with, at most 10 names. A change starts every version's pods anew, a few at a time. @default [] */
  readonly pullSecrets?: readonly string[];
  /** Labels for every object, by name. A change on pods starts them anew, a few at a time. @default {} */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations for every object, by name. A change on pods starts them anew, a few at a time. @default {} */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Closes the model's pods but for whom it names. A change is made in place. @default nothing is closed */
  readonly networkPolicy?: NetworkPolicyDocument;
  /** The Prometheus that scrapes the Gateway: what a candidate is judged by. A change holds from the next look on. @default none: nothing is counted, and nobody climbs */
  readonly prometheus?: PrometheusDocument;
  /** What takes a candidate up its steps. A change starts it anew; what serves is not touched. @default { run: cluster } */
  readonly controller?: ControllerDocument;
  /** The longest a version may take over an answer: a duration up to "10 minutes". Later the Gateway answers 504, and it counts as failed. From the next write of the route on. @default "30 seconds" */
  readonly deadline?: Duration;
}

/** A Gateway that stands in the cluster. */
export interface GatewayDocument {
  /** What implements it: whose counters are read, and by which labels. */
  readonly kind: GatewayKind;
  /** Its name. */
  readonly name: string;
  /** Its namespace. It must let routes of the model's namespace in. @default the model's */
  readonly namespace?: string;
  /** One of its listeners. @default every one that lets the route in */
  readonly listener?: string;
}

/** What answers inside a pod. */
export interface ServerDocument {
  /** A model server by name, or container: any that speaks the Open Inference Protocol. @default container */
  readonly kind?: ServerKind;
  /** Its image with its digest. Needed where a version is files; absent where a version is an image that serves by itself. */
  readonly image?: string;
  /** The port of predictions, "1" to "65535". @default the server's own */
  readonly port?: string;
  /** The path that answers 200 when the model can be asked, and not before; {model} stands for its name. @default the server's own */
  readonly ready?: string;
  /** The path that answers 200 while the server need not be started anew. @default the server's own */
  readonly live?: string;
  /** What it is started with, at most 50 texts; {model} and {mount} are filled in. @default the server's own */
  readonly args?: readonly string[];
  /** Variables of its environment, by name, beside the server's own. Not for secrets: they are readable in the cluster. @default {} */
  readonly env?: Readonly<Record<string, string>>;
  /** How long a pod goes on answering after it was told to end, so that nothing is lost: a duration up to "10 minutes". @default "15 seconds" */
  readonly drain?: Duration;
}

/** How many pods serve each version. */
export interface ReplicasDocument {
  /** The least, "1" to "1000". @default "2" */
  readonly least?: string;
  /** The most, "1" to "1000". More than the least: their number follows the CPU. Lowered to the least, the number is the least at once. @default the least */
  readonly most?: string;
  /** The least of each version, "1" to "1000", while two or more stand without notice and their number follows the load: none gives a pod up then, because each may have to take everything from another at once. Fewer pods than stable has hold the rollout at the share that they can carry. @default the most */
  readonly candidate?: string;
  /** Which part of the CPU that is asked for is to be used on average, in per cent: "1" to "100". @default "70"; none where KEDA asks a query */
  readonly cpu?: string;
  /** KEDA changes their number, 2.14 or later, which has to be in the cluster: a ScaledObject for each version. A change of who scales is made in place; for a moment neither does. @default the cluster's own HorizontalPodAutoscaler, by the CPU */
  readonly keda?: KedaDocument;
}

/** What KEDA scales by. Where it says nothing, by the CPU. */
export interface KedaDocument {
  /** A query of one number, asked of platform.prometheus.url; {service}, {namespace}, {model} and {version} are filled in. While it has no answer the pods stay as many as they are. @default none */
  readonly query?: string;
  /** How much of that number one pod is to carry: a positive number. Needed with query. */
  readonly perPod?: string;
}

/** What each pod asks for, and may take at most. */
export interface ResourcesDocument {
  /** CPU that is kept for a pod: "500m" is half a core. @default "250m" */
  readonly cpu?: string;
  /** Memory that is kept for a pod, and the most that it may take. @default "512Mi" */
  readonly memory?: string;
  /** The most CPU. @default no limit: throttling looks like a slow model */
  readonly cpuLimit?: string;
  /** Devices by their resource's name, such as `{ nvidia.com/gpu: "1" }`. @default {} */
  readonly devices?: Readonly<Record<string, string>>;
}

/** A taint that pods stand. */
export interface TolerationDocument {
  /** Its key. */
  readonly key: string;
  /** Its value. @default any */
  readonly value?: string;
  /** Its effect. @default every one */
  readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** Who may call the model's pods. */
export interface NetworkPolicyDocument {
  /** Namespaces whose pods may: the Gateway's, and Prometheus's where it scrapes pods; 1 to 20 names. */
  readonly from: readonly string[];
}

/** A Prometheus that scrapes the Gateway. */
export interface PrometheusDocument {
  /** Where the controller asks it, with its path prefix. */
  readonly url: string;
  /** How often it scrapes: a duration of whole seconds, at most "5 minutes"; the length of an interval of counts. @default "15 seconds" */
  readonly interval?: Duration;
  /** Matchers that narrow the Gateway's series: `cluster="eu"`. @default none */
  readonly selector?: string;
}

/** What takes a candidate up its steps. */
export interface ControllerDocument {
  /** cluster: a pod of its own with rights on exactly the model's objects. elsewhere: `mlc watch --drive` does, from CI or a machine. @default cluster */
  readonly run?: "cluster" | "elsewhere";
  /** A Node.js image with its digest; the code comes from a ConfigMap. Node.js 24 or later. @default node:24-bookworm-slim by its digest */
  readonly image?: string;
}

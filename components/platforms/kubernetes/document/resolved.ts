import type { GatewayKind } from "../route/gateway-kind.ts";
import type { ModelServer } from "../servers/model-server.ts";
import type { ServerKind } from "../servers/server-kind.ts";
import type { TolerationDocument } from "./parts.ts";

/** `platform` of a release that a cluster serves, with its defaults filled in. */
export interface ResolvedKubernetesPlatform {
  readonly kind: "kubernetes";
  readonly namespace: string;
  /** Absent: the one that the program's provider takes. */
  readonly context?: string;
  readonly gateway: {
    readonly kind: GatewayKind;
    readonly name: string;
    readonly namespace: string;
    /** Absent: every listener that lets the route in. */
    readonly listener?: string;
  };
  readonly hosts: readonly string[];
  /** Where clients send requests. */
  readonly url: string;
  readonly server: ResolvedServer;
  readonly replicas: ResolvedReplicas;
  readonly resources: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly TolerationDocument[];
  /** Absent: one without rights is made for the model. */
  readonly serviceAccount?: string;
  readonly pullSecrets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Namespaces whose pods may call the model's; absent: nothing is closed. */
  readonly networkPolicy?: { readonly from: readonly string[] };
  /** Absent: nothing is counted, and nobody climbs. */
  readonly prometheus?: { readonly url: string; readonly intervalSeconds: number; readonly selector?: string };
  readonly controller: { readonly run: "cluster" | "elsewhere"; readonly image: string };
  /** The longest a version may take over an answer, in milliseconds. */
  readonly deadlineMs: number;
}

/** What answers inside a pod: what is known of its kind, as far as the document does not say otherwise. */
export interface ResolvedServer extends Pick<ModelServer, "port" | "ready" | "live" | "args" | "env" | "mount"> {
  readonly kind: ServerKind;
  /** Absent: the version is an image that serves by itself. */
  readonly image?: string;
  /** How long a pod goes on answering after it is to end, in milliseconds. */
  readonly drainMs: number;
}

/** How many pods serve a version. */
export interface ResolvedReplicas {
  readonly least: number;
  /** The same as `least`: nothing scales. */
  readonly most: number;
  /** The least of each version where several stand without notice, from `least` to `most`. */
  readonly candidate: number;
  /** Utilisation of the CPU that is asked for, in per cent; absent: the CPU does not count. */
  readonly cpu?: number;
  /** Absent: the cluster's own autoscaler changes the number. */
  readonly keda?: ResolvedKeda;
}

/** What KEDA scales by. */
export interface ResolvedKeda {
  /** Absent: by the CPU alone. */
  readonly query?: {
    /** With {service}, {namespace}, {model} and {version} in it. */
    readonly text: string;
    /** Of a Prometheus. */
    readonly url: string;
    /** A number, as text. */
    readonly perPod: string;
  };
}

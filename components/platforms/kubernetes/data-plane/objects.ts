import type { HttpRoute } from "../controller/index.ts";
import type { Condition } from "../route/accepted.ts";

// The parts of a cluster's objects that are shown to people.

/** Objects of one kind. */
export interface ListOf<Item> {
  readonly items: readonly Item[];
}

/** An HTTPRoute with what people see of it. */
export interface RouteObject extends HttpRoute {
  readonly metadata: HttpRoute["metadata"] & {
    readonly labels?: Readonly<Record<string, string>>;
    /** Changes with the specification alone. */
    readonly generation?: number;
  };
  readonly spec?: HttpRoute["spec"] & { readonly hostnames?: readonly string[] };
}

/** A Gateway. */
export interface GatewayObject {
  readonly status?: {
    readonly addresses?: readonly { readonly value: string }[];
    readonly conditions?: readonly Condition[];
  };
}

/** A Deployment. */
export interface DeploymentObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly readyReplicas?: number };
}

/** A pod. */
export interface PodObject {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
    }[];
  };
}

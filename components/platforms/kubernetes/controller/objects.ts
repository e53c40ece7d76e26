import type { RouteParent } from "../route/accepted.ts";
import type { RouteRule } from "../route/http-route.ts";

/** What every object has that we read of it. */
export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The parts of an HTTPRoute that are read. */
export interface HttpRoute {
  readonly metadata: Metadata;
  readonly spec?: { readonly rules?: readonly RouteRule[] };
  /** What Gateways say of it. */
  readonly status?: { readonly parents?: readonly RouteParent[] };
}

/** A ConfigMap. */
export interface ConfigMap {
  readonly metadata: Metadata;
  readonly data?: Readonly<Record<string, string>>;
  /** Base64. */
  readonly binaryData?: Readonly<Record<string, string>>;
}

/** What an EndpointSlice says of the pods behind a service. */
export interface EndpointSliceList {
  readonly items: readonly {
    readonly addressType: string;
    readonly endpoints?: readonly {
      readonly addresses: readonly string[];
      /** Absent means true (discovery.k8s.io/v1). */
      readonly conditions?: { readonly ready?: boolean };
    }[];
  }[];
}

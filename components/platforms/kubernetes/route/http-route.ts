/**
 * The parts of an HTTPRoute of the Gateway API that we write, and read back (gateway.networking.k8s.io/v1, standard
 * channel 1.3 or later: mirrors there have a share).
 */

/** Where requests go. */
export interface BackendRef {
  readonly name: string;
  readonly port: number;
  /** 0 to 1,000,000; a part of the sum of all. Absent: 1. */
  readonly weight?: number;
  readonly filters?: readonly RouteFilter[];
}

/** What is done to requests or answers on their way. */
export type RouteFilter =
  | {
      readonly type: "ResponseHeaderModifier";
      readonly responseHeaderModifier: {
        readonly set: readonly { readonly name: string; readonly value: string }[];
      };
    }
  | {
      readonly type: "RequestMirror";
      readonly requestMirror: { readonly backendRef: Omit<BackendRef, "filters" | "weight"> };
    };

/** Which requests a rule is for. */
export interface RouteMatch {
  readonly path?: { readonly type: "PathPrefix"; readonly value: string };
  readonly headers?: readonly {
    readonly type: "Exact" | "RegularExpression";
    readonly name: string;
    readonly value: string;
  }[];
}

/** One rule. */
export interface RouteRule {
  readonly matches?: readonly RouteMatch[];
  readonly filters?: readonly RouteFilter[];
  readonly backendRefs?: readonly BackendRef[];
  readonly timeouts?: { readonly request: string };
}

/** The most rules of a route, and the most backends of a rule (maxItems of the schema). */
export const MOST_RULES = 16;

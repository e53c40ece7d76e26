/** Implementations of the Gateway API whose counters tell versions apart. */
export const gatewayKinds = ["envoy", "envoy-gateway", "istio", "haproxy", "traefik"] as const;

/** One of them. */
export type GatewayKind = (typeof gatewayKinds)[number];

/** What each implementation of the Gateway API counts of a version, one file each: how errors are told by it. */
import type { GatewayKind } from "../route/order.ts";
import { envoy } from "./envoy.ts";
import { envoyGateway } from "./envoy-gateway.ts";
import type { Gateway } from "./gateway.ts";
import { haproxy } from "./haproxy.ts";
import { istio } from "./istio.ts";
import { traefik } from "./traefik.ts";

export type { Gateway, GatewayMetric } from "./gateway.ts";

/** Those whose counters tell versions apart. */
export const gateways: Readonly<Record<GatewayKind, Gateway>> = {
  envoy,
  "envoy-gateway": envoyGateway,
  istio,
  haproxy,
  traefik,
};

/** Those that cannot be judged by, and why: for who names one. */
export const refusedGateways: Readonly<Record<string, string>> = {
  nginx:
    "NGINX Gateway Fabric without NGINX Plus has no counters of a single backend, so nobody can tell how a version answers",
};

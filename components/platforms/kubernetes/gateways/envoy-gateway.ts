import { escapeRegex } from "../../../metric-sources/prometheus/index.ts";
import { envoy } from "./envoy.ts";
import type { Gateway } from "./gateway.ts";

/**
 * Envoy Gateway 1.9 and later. By default all weighted backends of a rule are one cluster, whose counts say nothing of a
 * version; with `mergeBackends` each Service has one, called `service/<namespace>/<service>/<port>/<protocol>`.
 * https://github.com/envoyproxy/gateway/issues/6742, and the golden files of internal/xds/translator/testdata.
 */
export const envoyGateway: Gateway = {
  ...envoy,
  title: "Envoy Gateway",
  valueOf: (namespace, { service, port }) => `${escapeRegex(`service/${namespace}/${service}/${port}`)}(/.*)?`,
  // Exact matches first: internal/gatewayapi/sort.go (numberOfExactMatches).
  headerPatterns: true,
  setUp: ["EnvoyProxy with spec.mergeBackends: true (Envoy Gateway 1.9): without it versions share their counters"],
};

import { quote } from "../../../metric-sources/prometheus/index.ts";
import type { ServicePort } from "../route/order.ts";
import type { Gateway, GatewayMetric } from "./gateway.ts";

/** Whose series are meant. */
export interface CountedServices {
  /** Of the route, and so of the services. */
  readonly namespace: string;
  readonly ports: readonly ServicePort[];
  /** Matchers that narrow the gateway's series: `cluster="eu"`. @default none */
  readonly selector?: string | undefined;
}

/** PromQL that selects what a metric of a gateway counts of some services. @param matchers that come on top */
export function selectorOf(
  gateway: Gateway,
  { metric, labels = {} }: GatewayMetric,
  { namespace, ports, selector }: CountedServices,
  ...matchers: readonly string[]
): string {
  const services = ports.map((port) => gateway.valueOf(namespace, port)).join("|");
  const equal = Object.entries({ ...labels, ...gateway.beside?.(namespace) });
  const all = [
    `${gateway.service}=~${quote(services)}`,
    ...equal.map(([label, value]) => `${label}=${quote(value)}`),
    ...matchers,
    ...(selector === undefined ? [] : [selector]),
  ];
  return `${metric}{${all.join(",")}}`;
}

import { expect, isText, object, objectIn, oneOf, readPlan } from "../../../rollout/index.ts";
import type { TrafficPlan } from "../../../traffic/plan.ts";
import { type GatewayKind, gatewayKinds } from "./gateway-kind.ts";

export type { GatewayKind } from "./gateway-kind.ts";

/** Where a version answers. */
export interface ServicePort {
  /** Name of the Service, in the route's namespace. */
  readonly service: string;
  readonly port: number;
}

/** A deployed version: where it answers what is drawn for it. */
export interface Variant extends ServicePort {
  /** Name of the Service for requests that name the version, at the same port. @default the same Service */
  readonly named?: string;
}

/** What the program asks of a route: all that whoever writes its rules has to know, in an annotation of the route itself. */
export interface RouteOrder {
  readonly format: 1;
  /** The model. */
  readonly endpoint: string;
  readonly traffic: TrafficPlan;
  /** Every deployed version. */
  readonly variants: Readonly<Record<string, Variant>>;
  /** What answers 410 for retired versions; absent where nothing has to. */
  readonly gone?: ServicePort;
  readonly gateway: {
    readonly kind: GatewayKind;
    readonly name: string;
    readonly namespace: string;
    /** Whether filters of a single backend are honoured: then every answer names its version, and carries its notice. */
    readonly backendFilters: boolean;
    /** Whether headers are matched by regular expressions: then who names a version that never was is told so. @default false */
    readonly headerPatterns?: boolean;
  };
  /** Where counts come from; absent: nothing is counted, and nobody climbs. */
  readonly metrics?: {
    /** Of a Prometheus, with its path prefix. */
    readonly url: string;
    /** How often it scrapes, in seconds: the length of an interval. */
    readonly intervalSeconds: number;
    /** Matchers that narrow the gateway's series: `cluster="eu"`. */
    readonly selector?: string;
  };
}

/**
 * Reads an order from its annotation.
 * @throws PlanError naming the field, what was seen and what is allowed
 */
export function readOrder(text: string): RouteOrder {
  const order = objectIn("order", text);
  expect("order.format", order.format, order.format === 1, "1: another one is of a newer version of this library");
  expect("order.endpoint", order.endpoint, isText(order.endpoint), "the name of a model");
  const traffic = readPlan("order.traffic", order.traffic);
  const variants = object("order.variants", order.variants);
  for (const version of Object.keys(traffic.versions)) {
    const at = `order.variants.${version}`;
    readPort(at, variants[version]);
    const { named } = object(at, variants[version]);
    expect(`${at}.named`, named, named === undefined || isText(named), "the name of a Service");
  }
  if (order.gone !== undefined) readPort("order.gone", order.gone);
  const gateway = object("order.gateway", order.gateway);
  oneOf("order.gateway.kind", gateway.kind, gatewayKinds);
  expect("order.gateway.name", gateway.name, isText(gateway.name), "a name");
  expect("order.gateway.namespace", gateway.namespace, isText(gateway.namespace), "a namespace");
  const { backendFilters, headerPatterns = false } = gateway;
  expect("order.gateway.backendFilters", backendFilters, typeof backendFilters === "boolean", "true or false");
  expect("order.gateway.headerPatterns", headerPatterns, typeof headerPatterns === "boolean", "true or false");
  if (order.metrics !== undefined) readMetrics(order.metrics);
  return order as unknown as RouteOrder;
}

function readPort(at: string, value: unknown): void {
  const { service, port } = object(at, value);
  expect(`${at}.service`, service, isText(service), "the name of a Service");
  const isPort = typeof port === "number" && Number.isInteger(port) && port >= 1 && port <= 65_535;
  expect(`${at}.port`, port, isPort, "a port, 1 to 65535");
}

function readMetrics(value: unknown): void {
  const { url, intervalSeconds: seconds, selector } = object("order.metrics", value);
  expect("order.metrics.url", url, isText(url) && URL.canParse(url), "an address such as http://prometheus:9090");
  const isInterval = typeof seconds === "number" && seconds >= 1 && seconds <= 300;
  expect("order.metrics.intervalSeconds", seconds, isInterval, "1 to 300 seconds");
  expect("order.metrics.selector", selector, selector === undefined || isText(selector), "matchers of Prometheus");
}

import { expect, test } from "vitest";
import { readOrder } from "../../../../components/platforms/kubernetes/route/order.ts";
import { orderOf } from "./orders.ts";

const metrics = { url: "http://prometheus.monitoring:9090", intervalSeconds: 5, selector: 'cluster="eu"' };

test("an order is read as it was written", () => {
  const order = { ...orderOf(), gone: { service: "sentiment-gone", port: 80 }, metrics };
  expect(readOrder(JSON.stringify(order))).toEqual(order);
});

test.each([
  ["no JSON", "{", 'order: saw "{"; allowed is an object'],
  [
    "another format",
    written({ format: 2 }),
    "order.format: saw 2; allowed is 1: another one is of a newer version of this library",
  ],
  ["no model", written({ endpoint: "" }), 'order.endpoint: saw ""; allowed is the name of a model'],
  [
    "a plan without a stable version",
    written({ traffic: { ...orderOf().traffic, stable: "v9" } }),
    'order.traffic.stable: saw "v9"; allowed is one of order.traffic.versions (v1, v2)',
  ],
  [
    "a version without a place",
    written({ variants: { v1: { service: "one", port: 80 } } }),
    "order.variants.v2: saw undefined; allowed is an object",
  ],
  [
    "a port that is none",
    written({ gone: { service: "gone", port: 0 } }),
    "order.gone.port: saw 0; allowed is a port, 1 to 65535",
  ],
  [
    "an unknown gateway",
    written({ gateway: { ...orderOf().gateway, kind: "nginx" } }),
    'order.gateway.kind: saw "nginx"; allowed is envoy, envoy-gateway, istio, haproxy, traefik',
  ],
  [
    "an address that is none",
    written({ metrics: { ...metrics, url: "prometheus" } }),
    'order.metrics.url: saw "prometheus"; allowed is an address such as http://prometheus:9090',
  ],
  [
    "an interval that is too long",
    written({ metrics: { ...metrics, intervalSeconds: 301 } }),
    "order.metrics.intervalSeconds: saw 301; allowed is 1 to 300 seconds",
  ],
])("%s is refused by its place", (_, text, message) => {
  expect(() => readOrder(text)).toThrow(message);
});

function written(changes: object): string {
  return JSON.stringify({ ...orderOf(), ...changes });
}

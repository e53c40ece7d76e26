import { expect, test } from "vitest";
import { gateways } from "../../../components/platforms/kubernetes/gateways/index.ts";
import { scrapedOf } from "../../../components/platforms/kubernetes/monitoring/scraped.ts";
import {
  type CountedModel,
  versionSeries,
} from "../../../components/platforms/kubernetes/monitoring/version-series.ts";

const counted: CountedModel = {
  model: "sentiment",
  namespace: "models",
  variants: { v1: { service: "sentiment-v1-0a1b2c3d", port: 8080 } },
};

test("failures of a gateway that counts by status are read from the status, for each version by itself", () => {
  const variants = { ...counted.variants, v2: { service: "sentiment-v2-4e5f6a7b", port: 8080 } };
  const of = (service: string, version: string) =>
    `label_replace(label_replace(sum(rate(istio_requests_total{destination_service_name=~"${service}",reporter="source",destination_service_namespace="models",response_code!~"[1-4].*"}[5m])), "model", "sentiment", "", ""), "version", "${version}", "", "")`;
  expect(versionSeries(gateways.istio, { ...counted, variants }).failures("5m")).toBe(
    `(${of("sentiment-v1-0a1b2c3d", "v1")} or ${of("sentiment-v2-4e5f6a7b", "v2")})`,
  );
});

test("requests that name a version are its own as well", () => {
  const variants = { v1: { service: "sentiment-v1-0a1b2c3d", port: 8080, named: "sentiment-v1-named" } };
  expect(versionSeries(gateways.istio, { ...counted, variants }).requests("5m")).toContain(
    'destination_service_name=~"sentiment-v1-0a1b2c3d|sentiment-v1-named"',
  );
});

test("matchers of the document narrow every series", () => {
  const series = versionSeries(gateways.haproxy, { ...counted, selector: 'cluster="eu"' });
  const matchers = [...series.failures("5m").matchAll(/\{([^}]*)\}/g)].map(([, inside]) => inside);
  expect(matchers).toHaveLength(5);
  expect(matchers.filter((inside) => !inside?.endsWith(',cluster="eu"'))).toEqual([]);
});

test("latency comes in seconds, whatever a gateway measures in, and not at all where it has averages alone", () => {
  const latency = (kind: keyof typeof gateways) => versionSeries(gateways[kind], counted).latency?.(0.99, "5m");
  expect(latency("envoy")).toBe(
    '(label_replace(label_replace(histogram_quantile(0.99, sum by (le) (rate(envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name=~"models_sentiment-v1-0a1b2c3d_8080"}[5m]))), "model", "sentiment", "", ""), "version", "v1", "", "")) / 1000',
  );
  expect(latency("traefik")).not.toContain("/ 1000");
  expect(latency("haproxy")).toBeUndefined();
});

test("one object says what is scraped of a model, whatever its pods are", () => {
  expect(scrapedOf("sentiment")).toEqual([
    {
      name: "sentiment",
      matchLabels: { "model-lifecycle.dev/model": "sentiment" },
      port: "metrics",
      path: "/metrics",
    },
  ]);
});

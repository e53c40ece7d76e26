import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import type { Manifest } from "../../components/monitors/monitor.ts";
import { podMonitor, ruleObject } from "../../components/monitors/prometheus/operator.ts";
import { watched } from "./watched.ts";

type Json = { readonly [key: string]: unknown };

/**
 * The published schema of a kind, read so that it refuses fields that it does not know: an API server drops them in
 * silence. What the operator's admission checks beside the schema (PromQL itself) is promtool's, in rules.test.ts.
 */
function publishedSchema(plural: string): z.ZodType {
  const file = `../cluster/crds/prometheus-operator/monitoring.coreos.com_${plural}.yaml`;
  const definition = parse(readFileSync(new URL(file, import.meta.url), "utf8"));
  return z.fromJSONSchema(closed(definition.spec.versions[0].schema.openAPIV3Schema));
}

function closed(schema: Json): Json {
  const readable = Object.entries(schema).filter(([key, value]) => key !== "pattern" || !isOnlyOfGo(value));
  const entries = readable.map(([key, value]): readonly [string, unknown] => {
    // Of the object itself its kind knows nothing.
    if (key === "metadata") return [key, { type: "object" }];
    return [key, isJson(value) ? closed(value) : value];
  });
  const isOpen = !isJson(schema.properties) || schema["x-kubernetes-preserve-unknown-fields"] === true;
  return Object.fromEntries(isOpen ? entries : [...entries, ["additionalProperties", false]]);
}

/** A pattern that Go reads and JavaScript does not; the schemas here have one, of `partial_response_strategy`. */
const isOnlyOfGo = (pattern: unknown): boolean => typeof pattern === "string" && pattern.includes("(?i)");

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

const objectOf = ({ apiVersion, kind, labels, spec }: Manifest): object =>
  // What an API server gets is JSON: what is undefined is not there.
  JSON.parse(JSON.stringify({ apiVersion, kind, metadata: { name: "sentiment", labels }, spec }));

const rules = objectOf(
  ruleObject(watched("sentiment", { runbooks: "https://runbooks.example.com" }), { release: "monitoring" }),
);
const pods = objectOf(
  podMonitor(
    { name: "sentiment", matchLabels: { "model-lifecycle.dev/model": "sentiment" }, port: "metrics", path: "/metrics" },
    { release: "monitoring" },
  ),
);

test.each([
  ["PrometheusRule", "prometheusrules", rules],
  ["PodMonitor", "podmonitors", pods],
])("a %s is as its published schema has it", (_, plural, object) => {
  const { error } = publishedSchema(plural).safeParse(object);
  expect(error?.issues ?? []).toEqual([]);
});

test("the schemas refuse what they should, so that their yes means something", () => {
  const [ruleSchema, podSchema] = [publishedSchema("prometheusrules"), publishedSchema("podmonitors")];
  const text = JSON.stringify(rules);
  const wrong = [
    ruleSchema.safeParse(JSON.parse(text.replace('"for":"1m"', '"for":"90 s"'))),
    ruleSchema.safeParse(JSON.parse(text.replaceAll('"expr"', '"expression"'))),
    podSchema.safeParse(JSON.parse(JSON.stringify(pods).replace("podMetricsEndpoints", "endpoints"))),
  ];
  expect(wrong.map(({ success }) => success)).toEqual([false, false, false]);
});

test("objects carry the labels that an operator's Prometheus asks for, and rules are those of the file", () => {
  expect([rules, pods]).toMatchObject([
    { apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule", metadata: { labels: { release: "monitoring" } } },
    { apiVersion: "monitoring.coreos.com/v1", kind: "PodMonitor", metadata: { labels: { release: "monitoring" } } },
  ]);
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { planRules } from "../../components/monitors/prometheus/rules.ts";
import type { Watched } from "../../components/monitors/prometheus/watched.ts";
import { localCapabilities } from "../../components/platforms/local/data-plane/capabilities.ts";
import { watched } from "./watched.ts";

const runbooks = readFileSync(new URL("../../docs/runbooks.md", import.meta.url), "utf8");
const sections = [...runbooks.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);

const alertsOf = (model: Watched) =>
  planRules(model).flatMap(({ rules }) => rules.flatMap((rule) => ("alert" in rule ? [rule] : [])));

/** A model whose weights a controller moves, and whose requests somebody else counts. */
const controlled = watched("sentiment", {
  series: [...localCapabilities.series, "model_rollout_last_pass_timestamp_seconds", "model_rollout_stopped"],
  versionSeries: { requests: () => "asked", failures: () => "failed" },
  runbooks: "https://runbooks.example.com/models",
});

test("every alert has its section of the runbooks, and every section its alert", () => {
  const alerts = [controlled, watched("sentiment")].flatMap(alertsOf).map(({ alert }) => alert);
  expect(sections.toSorted()).toEqual([...new Set(alerts)].sort());
});

test("an alert's link leads to its section", () => {
  const links = alertsOf(controlled).map(({ annotations }) => annotations.runbook_url);
  expect(links).toContain("https://runbooks.example.com/models#modelcontrollersilent");
  const anchors = sections.map((name) => `https://runbooks.example.com/models#${name?.toLowerCase()}`);
  expect(links.filter((link) => link === undefined || !anchors.includes(link))).toEqual([]);
});

test("without an address there is no link, and the commands stand in the alert", () => {
  for (const { annotations } of alertsOf(watched("sentiment"))) {
    expect(Object.keys(annotations)).toEqual(["summary", "description", "runbook"]);
  }
});

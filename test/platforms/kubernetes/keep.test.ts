import { expect, test } from "vitest";
import { MonitoringStack } from "../../../components/index.ts";
import { prometheus } from "../../../components/monitors/prometheus/prometheus.ts";
import { kubernetes } from "../../../components/platforms/kubernetes/index.ts";
import { registered } from "../../support/mocks.ts";
import { releaseOf } from "./release.ts";

const operated = { kind: "prometheus", as: "operator", selectedBy: { release: "kps" }, objective: 0.995 } as const;

test("rules are an object of the operator, and the dashboard a ConfigMap that Grafana's sidecar finds", async () => {
  const release = releaseOf();
  const rows = await registered(
    () => new MonitoringStack("watch", { release, monitor: prometheus(kubernetes(release), operated) }),
  );
  const made = rows.filter(({ type }) => type.startsWith("kubernetes:"));
  expect(made.map(({ type, inputs }) => [type.split(":").at(-1), (inputs.metadata as { name: string }).name])).toEqual(
    expect.arrayContaining([
      ["PrometheusRule", "sentiment-rules"],
      ["ConfigMap", "sentiment-dashboard"],
      ["PodMonitor", "sentiment-targets"],
    ]),
  );
  const rules = made.find(({ type }) => type.endsWith(":PrometheusRule"))?.inputs;
  // What the Gateway counts of each version is what they are written of.
  const text = JSON.stringify(rules?.spec);
  for (const version of ["models_sentiment-v1-11111111_80", "models_sentiment-v2-22222222_80"]) {
    expect(text).toContain(version);
  }
  expect(rules?.metadata).toMatchObject({ labels: { release: "kps", "model-lifecycle.dev/model": "sentiment" } });
  const dashboard = made.find(({ type }) => type.endsWith(":ConfigMap"))?.inputs;
  expect(dashboard?.metadata).toMatchObject({
    namespace: "models",
    labels: { grafana_dashboard: "1", "model-lifecycle.dev/model": "sentiment" },
  });
});

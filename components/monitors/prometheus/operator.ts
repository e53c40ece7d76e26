import type { Manifest, Scraped } from "../monitor.ts";
import { planRules } from "./rules.ts";
import type { Watched } from "./watched.ts";

/** Objects of the Prometheus Operator (monitoring.coreos.com/v1, read at v0.93). */
const API_VERSION = "monitoring.coreos.com/v1";

/** The rules of a model as an object. @param labels what the operator's `ruleSelector` asks for */
export const ruleObject = (watched: Watched, labels: Manifest["labels"]): Manifest => ({
  apiVersion: API_VERSION,
  kind: "PrometheusRule",
  labels,
  spec: { groups: planRules(watched) },
});

/** What makes the operator's Prometheus scrape pods. @param labels what its `podMonitorSelector` asks for */
export const podMonitor = ({ matchLabels, port, path }: Scraped, labels: Manifest["labels"]): Manifest => ({
  apiVersion: API_VERSION,
  kind: "PodMonitor",
  labels,
  spec: {
    selector: { matchLabels },
    podMetricsEndpoints: [{ port, path }],
    // A server does not know which version it serves; its pod does. Prometheus calls the label model_lifecycle_dev_version.
    podTargetLabels: ["model-lifecycle.dev/version"],
  },
});

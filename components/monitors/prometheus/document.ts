import { type DocumentKind, documentKind } from "../../release/kind.ts";

/** `monitor` of a release that Prometheus watches. */
export interface PrometheusMonitorDocument {
  /** prometheus: alert rules for Prometheus and a dashboard for Grafana. */
  readonly kind: "prometheus";
}

/** What Prometheus brings to the document. */
export const prometheusMonitor: DocumentKind<PrometheusMonitorDocument, PrometheusMonitorDocument> = documentKind({
  kind: "prometheus",
  describedBy: "PrometheusMonitorDocument",
  fields: {},
  resolve: ({ kind }) => ({ kind }),
});

import { type DocumentKind, documentKind } from "../../release/kind.ts";
import { renderSeen } from "../../release/problems.ts";
import * as scalars from "../../release/scalars.ts";
import { byName, optional } from "../../release/section.ts";
import { type Percent, parsePercent, percentPattern } from "../../release/units.ts";

/** `monitor` of a release that Prometheus watches. */
export interface PrometheusMonitorDocument {
  /** prometheus: alert rules for Prometheus and a dashboard for Grafana. */
  readonly kind: "prometheus";
  /** files: texts, in a cluster as ConfigMaps. operator: in a cluster, rules and scraping as objects of the Prometheus Operator. Another one takes the documents of this one away; serving is the same. @default files */
  readonly as?: "files" | "operator";
  /** The labels that the operator's Prometheus finds its objects by (`ruleSelector`, `podMonitorSelector`), such as release: kube-prometheus-stack. Objects without them are left unread, and nobody says so. @default {} */
  readonly selectedBy?: Readonly<Record<string, string>>;
  /** The share of requests that clients get answered over 30 days, from "95%" to less than "100%": alerts tell how fast the rest is spent. @default "99.5%" */
  readonly objective?: Percent;
  /** Where runbooks stand: an address, to which `#` and the alert's name in lower case are added. @default none: alerts name the commands to run */
  readonly runbooks?: string;
}

/** The same with its defaults filled in. */
export interface ResolvedPrometheusMonitor {
  readonly kind: "prometheus";
  readonly as: "files" | "operator";
  readonly selectedBy: Readonly<Record<string, string>>;
  /** From 0.95 to less than 1. */
  readonly objective: number;
  readonly runbooks?: string;
}

/** All requests, in basis points. */
const WHOLE = 10_000;

const objective = scalars.scalar<Percent>(
  // Below, 14.4 times what may fail is nearly all there is: the alert on a fast burn could not speak.
  { allowed: 'from "95%" to less than "100%", at most two decimals', example: '"99.9%"' },
  percentPattern,
  { holds: (value) => parsePercent(value) >= 9500 && parsePercent(value) < WHOLE },
);

// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
const labelName = scalars.scalar(
  {
    allowed: "the name of a label: letters, digits, -, _ and ., at most 63, after an optional domain and /",
    example: "release",
  },
  /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
);
const labelValue = scalars.scalar(
  { allowed: "the value of a label: letters, digits, -, _ and ., at most 63", example: "kube-prometheus-stack" },
  /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
);

/** What Prometheus brings to the document. */
export const prometheusMonitor: DocumentKind<PrometheusMonitorDocument, ResolvedPrometheusMonitor> = documentKind({
  kind: "prometheus",
  describedBy: "PrometheusMonitorDocument",
  fields: {
    as: optional(scalars.choice("files", "operator")),
    selectedBy: optional(byName(labelName, labelValue, "labels and their values")),
    objective: optional(objective),
    runbooks: optional(scalars.line(200, "https://runbooks.example.com/models")),
  },
  resolve: ({ kind, as = "files", selectedBy = {}, objective = "99.5%", runbooks }) => ({
    kind,
    as,
    selectedBy,
    objective: parsePercent(objective) / WHOLE,
    ...(runbooks !== undefined && { runbooks }),
  }),
  check({ runbooks }, report) {
    if (typeof runbooks === "string" && !/^https?:\/\//.test(runbooks)) {
      report(
        ["runbooks"],
        renderSeen(runbooks),
        "an address that begins with http:// or https://",
        "Write it in full.",
      );
    }
  },
});

import { MetricSourceError } from "../metric-source.ts";
import type { Labels } from "./series.ts";

/** What tells servers apart that scrape the same targets. */
const REPLICA_LABELS = ["prometheus_replica", "__replica__"];

/** Two servers that scrape the same targets count everything twice. @throws MetricSourceError when series of both are there */
export function checkReplicas(url: string, labels: readonly Labels[]): void {
  const problems = REPLICA_LABELS.flatMap((label) => {
    const values = [...new Set(labels.map((each) => each[label]))];
    if (values.length < 2) return [];
    const cure = `Ask where they are merged, or choose one: --select ${label}=${values.find((value) => value !== undefined)}`;
    return [{ path: url, seen: `${label} with ${values.length} values`, allowed: "each target once", cure }];
  });
  if (problems.length > 0) throw new MetricSourceError("unfit", problems);
}

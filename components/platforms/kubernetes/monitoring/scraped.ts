import type { Scraped } from "../../../monitors/monitor.ts";
import { labels } from "../route/annotations.ts";
import { routeName } from "../route/names.ts";

/** The name of a container's port that answers with metrics, in every pod of a model that has one. */
export const METRICS_PORT = "metrics";

/** What has to be scraped for what a model's own pods count: its controller's, and its servers' where they count. */
export const scrapedOf = (model: string): readonly Scraped[] => [
  { name: routeName(model), matchLabels: { [labels.model]: model }, port: METRICS_PORT, path: "/metrics" },
];

/** Counts from a server of Prometheus's HTTP API: Prometheus itself, Thanos, Mimir, and what clouds keep in its stead. */
export { ask, type Credentials, type Server } from "./client.ts";
export { classicHistograms, countBetween } from "./histograms.ts";
export { type Counter, type Increase, increasesOf } from "./increases.ts";
export { escapeRegex, quote, upSelectorOf } from "./queries.ts";
export { checkReplicas } from "./replicas.ts";
export { momentsOf } from "./scrapes.ts";
export { type Labels, type Series, seriesIn, targetOf } from "./series.ts";
export { type SeriesNames, seriesNames } from "./series-names.ts";
export type { PrometheusSettings } from "./settings.ts";
export { prometheus } from "./source.ts";

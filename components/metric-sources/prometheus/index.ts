/** Counts from a server of Prometheus's HTTP API: Prometheus itself, Thanos, Mimir, and what clouds keep in its stead. */
export type { Credentials, Server } from "./client.ts";
export { type SeriesNames, seriesNames } from "./series-names.ts";
export type { PrometheusSettings } from "./settings.ts";
export { prometheus } from "./source.ts";

import type { Arms, Trace, Window } from "../metric-source.ts";
import { ask, type Server } from "./client.ts";
import { type Labels, type Series, seriesIn } from "./series.ts";
import type { SeriesNames } from "./series-names.ts";

/** Series that were read, and what was asked for them. */
export interface Answer {
  readonly series: readonly Series[];
  readonly trace: Trace;
}

/** Which series are a rollout's, beside their names. */
export interface Selection {
  readonly names: SeriesNames;
  /** Labels and their values. */
  readonly select: Labels;
}

/**
 * Reads the raw samples of a window, and those of `before` ms ahead of it: the counts that its first ones go on from.
 * Range selectors are closed at the left in Prometheus 2 and open in 3; nothing rests on the sample at the very edge.
 */
export async function readSamples(
  server: Server,
  query: string,
  { from, to }: Window,
  before: number,
): Promise<Answer> {
  const last = to - 1;
  const data = await ask(server, "query", { query: `${query}[${last - from + before}ms]`, time: String(last / 1000) });
  const series = seriesIn(data, server.url);
  const samples = series.reduce((sum, { values, histograms }) => sum + values.length + histograms.length, 0);
  return { series, trace: { query, from, to, series: series.length, samples } };
}

/** Selects the series of both versions. */
export const selectorOf = (metric: string, { names, select }: Selection, { stable, candidate }: Arms): string => {
  const versions = [...new Set([stable, candidate])].map(escapeRegex).join("|");
  return `${metric}{${[...equalTo(select), `${names.version}=~${quote(versions)}`].join(",")}}`;
};

/** Selects what the server itself says of its scrapes of the targets of some series. */
export function upSelectorOf(labels: readonly Labels[]): string {
  const oneOf = (label: string): string =>
    quote([...new Set(labels.map((each) => each[label] ?? ""))].map(escapeRegex).join("|"));
  return `up{job=~${oneOf("job")},instance=~${oneOf("instance")}}`;
}

/** Which versions there are in a window, for who named one that is not. */
export async function versionsOf(
  server: Server,
  { names, select }: Selection,
  { from, to }: Window,
): Promise<readonly string[]> {
  const { requests, durations, version } = names;
  const metrics = [requests, ...(durations === undefined ? [] : [durations, `${durations}_count`])]
    .filter((metric) => metric !== undefined)
    .join("|");
  const match = `{${[`__name__=~${quote(metrics)}`, ...equalTo(select)].join(",")}}`;
  const span = { start: String(from / 1000), end: String(to / 1000) };
  const series = await ask(server, "series", { "match[]": match, ...span });
  const versions = Array.isArray(series) ? series.flatMap((labels: Labels) => labels[version] ?? []) : [];
  return [...new Set(versions)].sort();
}

const equalTo = (select: Labels): readonly string[] =>
  Object.entries(select).map(([label, value]) => `${label}=${quote(value)}`);

/** A text of PromQL: as JSON writes it, which escapes no less. */
export const quote = (text: string): string => JSON.stringify(text);

/** A text that stands for itself in a regular expression. */
export const escapeRegex = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

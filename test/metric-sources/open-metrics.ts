import { BOUNDS, FROM, MINUTE, MINUTES, type Request, traffic } from "./traffic.ts";

const SCRAPE_MS = 15_000;
/** Scrapes just before each quarter of a minute, so that those of a minute see all of it and nothing else. */
export const scrapeMoments: readonly number[] = Array.from(
  { length: (MINUTES * MINUTE) / SCRAPE_MS + 1 },
  (_, i) => FROM - MINUTE + i * SCRAPE_MS - 1,
);

/** Lines of samples, as `promtool tsdb create-blocks-from openmetrics` takes them. */
export const openMetrics = (families: Readonly<Record<string, readonly string[]>>): string =>
  `${Object.entries(families)
    .map(
      ([name, lines]) =>
        `# TYPE ${name} ${name.endsWith("_seconds") ? "histogram" : name === "up" ? "gauge" : "counter"}\n${lines.join("\n")}\n`,
    )
    .join("")}# EOF\n`;

/** One sample. @param at ms since 1970 */
export const sample = (
  name: string,
  labels: Readonly<Record<string, string | number>>,
  value: number,
  at: number,
): string =>
  `${name}{${Object.entries(labels)
    .map(([label, text]) => `${label}="${text}"`)
    .join(",")}} ${value} ${at / 1000}`;

const place = { job: "gateway", instance: "10.0.0.1:9090" };
const model = "sentiment";

/** The traffic as an OpenTelemetry server counts it: one histogram by version and status. @param before what was counted ahead of it */
export function asOpenTelemetry(before = 1000): string {
  const statuses = [...new Set(traffic.map(({ status }) => status))];
  const lines = ["v1", "v2"].flatMap((version) =>
    statuses.flatMap((status) =>
      scrapeMoments.flatMap((at) => {
        const seen = traffic.filter(
          (request) => request.version === version && request.status === status && request.at <= at,
        );
        const labels = { ...place, service_name: model, service_version: version, http_response_status_code: status };
        return histogramLines("http_server_request_duration_seconds", labels, seen, before, at);
      }),
    ),
  );
  return openMetrics({ http_server_request_duration_seconds: lines, up: upLines() });
}

const upLines = (): readonly string[] => scrapeMoments.map((at) => sample("up", place, 1, at));

function histogramLines(
  name: string,
  labels: Readonly<Record<string, string | number>>,
  seen: readonly Request[],
  before: number,
  at: number,
): readonly string[] {
  const below = (bound: number): number => before + seen.filter(({ ms }) => ms <= bound).length;
  return [
    ...BOUNDS.map((bound) => sample(`${name}_bucket`, { ...labels, le: bound / 1000 }, below(bound), at)),
    sample(`${name}_bucket`, { ...labels, le: "+Inf" }, below(Number.POSITIVE_INFINITY), at),
    sample(`${name}_count`, labels, below(Number.POSITIVE_INFINITY), at),
  ];
}

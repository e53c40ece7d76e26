import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type MetricSource, type Question, rungsAmong } from "../../components/metric-sources/index.ts";
import { prometheus, seriesNames } from "../../components/metric-sources/prometheus/index.ts";
import { type Exporter, startExporter } from "./exporter.ts";
import { hasPrometheus, prometheusNeeded, startPrometheus } from "./real-prometheus.ts";
import { guards, question } from "./traffic.ts";

/** Shows this until it was scraped twice: the first of these scrapes may have begun before. */
async function shown(exporter: Exporter, metrics: Parameters<Exporter["show"]>[0]): Promise<void> {
  exporter.show(metrics);
  const seen = exporter.scrapes;
  while (exporter.scrapes < seen + 2) await sleep(50);
}

/** Everything since `from`, as one interval, once the server holds what was shown last. */
async function readAll(source: MetricSource, from: number, asked: Question) {
  await sleep(1_500);
  const { until } = await source.settled(Date.now(), asked);
  const reading = await source.read({ from, to: until }, { ...asked, intervalMs: until - from });
  return {
    counts: reading.intervals[0]?.live.counts,
    kinds: reading.notes.map(({ kind }) => kind),
    read: reading.read,
  };
}

const gateway = (v1: number, failed: number, v2: number): string => `# TYPE model_requests_total counter
model_requests_total{version="v1",code="200"} ${v1}
model_requests_total{version="v1",code="500"} ${failed}
model_requests_total{version="v2",code="200"} ${v2}
`;

describe.skipIf(!hasPrometheus).concurrent(`what a real server scrapes${prometheusNeeded}`, () => {
  test("a restart of the exporter loses one step, and a time without an answer loses nothing", async () => {
    await using exporter = await startExporter();
    await using server = await startPrometheus({ scrape: { port: exporter.port } });
    const source = prometheus({ url: server.url, names: seriesNames.gateway, select: {}, settleMs: 0 });
    const from = Date.now();
    await shown(exporter, gateway(1000, 10, 100));
    await shown(exporter, gateway(1500, 15, 150));
    await shown(exporter, gateway(3, 1, 1));
    await shown(exporter, gateway(103, 2, 11));
    exporter.show(undefined);
    await sleep(2_500);
    await shown(exporter, gateway(203, 2, 21));
    const asked = { ...question, guards: guards.slice(0, 1), rungs: [] };
    const { counts, kinds, read } = await readAll(source, from, asked);
    expect(counts).toEqual({ errorRate: { n0: 505 + 101 + 100, x0: 5 + 1, n1: 50 + 10 + 10, x1: 0 } });
    expect(kinds).toEqual(["reset"]);
    expect(read.map(({ query }) => query)).toEqual([
      'model_requests_total{version=~"v1|v2"}',
      `up{job=~"models",instance=~"127\\\\.0\\\\.0\\\\.1:${exporter.port}"}`,
    ]);
  });

  test("native histograms are counted at their own bounds: a margin of 20 % needs no bucket to be chosen", async () => {
    await using exporter = await startExporter();
    await using server = await startPrometheus({ scrape: { port: exporter.port, native: true } });
    const names = seriesNames["otel-http"];
    const source = prometheus({ url: server.url, names, select: {}, settleMs: 0 });
    const from = Date.now();
    // Cells of schema 3 in seconds: -24 reaches up to 125 ms, -23 to 136 ms, -22 to 149 ms, -16 to 250 ms.
    const show = (scale: number) => ({
      name: names.durations ?? "",
      histograms: [
        histogram("v1", "200", { [-24]: 900 * scale, [-23]: 60 * scale, [-16]: 40 * scale }),
        histogram("v2", "200", { [-24]: 50 * scale, [-22]: 30 * scale, [-16]: 10 * scale }),
        histogram("v2", "503", { [-60]: 7 * scale }),
      ],
    });
    await shown(exporter, show(1));
    await shown(exporter, show(3));
    await sleep(1_500);
    const bounds = await source.latencyBounds({ from, to: Date.now() }, question);
    const rungs = rungsAmong(bounds, 0.2);
    const { counts, kinds } = await readAll(source, from, { ...question, rungs });
    const at = rungs.findIndex(({ stableMs }) => stableMs > 81);
    expect([rungs[at]?.stableMs, rungs[at]?.candidateMs].map((bound) => Math.round(bound ?? 0))).toEqual([81, 96]);
    // Nothing of stable is below 81 ms; 7 failures of the candidate are slower than any bound, however fast they were.
    const latency = counts?.latency as { readonly n0: number; readonly n1: number; x0: number[]; x1: number[] };
    expect([latency.n0, latency.n1]).toEqual([2000, 194]);
    expect([latency.x0[at], latency.x1[at]]).toEqual([2000, 194]);
    // From 162 ms and 193 ms on there are the slowest, from 324 ms and 386 ms on only failures.
    expect([latency.x0[at + 1], latency.x1[at + 1]]).toEqual([80, 34]);
    expect([latency.x0[at + 2], latency.x1[at + 2]]).toEqual([0, 14]);
    expect(counts?.errorRate).toEqual({ n0: 2000, x0: 0, n1: 194, x1: 14 });
    expect(kinds).toEqual([]);
  });
});

const histogram = (version: string, status: string, cells: Readonly<Record<number, number>>) => ({
  labels: { service_version: version, http_response_status_code: status },
  schema: 3,
  cells: new Map(Object.entries(cells).map(([index, count]) => [Number(index), count])),
});

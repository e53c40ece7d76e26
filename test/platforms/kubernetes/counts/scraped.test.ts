import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  type CountCursor,
  type CountQuestion,
  readCounts,
} from "../../../../components/platforms/kubernetes/counts/index.ts";
import { gateways } from "../../../../components/platforms/kubernetes/gateways/index.ts";
import { type Exporter, startExporter } from "../../../metric-sources/exporter.ts";
import { hasPrometheus, prometheusNeeded, startPrometheus } from "../../../metric-sources/real-prometheus.ts";
import { errorGuard } from "../../../support/plans.ts";

const question = (changes: Partial<CountQuestion> = {}): CountQuestion => ({
  ...{ gateway: gateways.envoy, namespace: "models", model: "m", guards: [errorGuard], step: 1, shadowing: false },
  stable: { version: "v1", port: { service: "m-v1", port: 80 } },
  candidate: { version: "v2", port: { service: "m-v2", port: 80 } },
  intervalMs: 500,
  ...changes,
});

interface Shown {
  readonly completed: number;
  readonly good: number;
  readonly bad?: number;
}

/** Envoy's own counters of two clusters; a class appears with its first answer. */
const envoy = (versions: Readonly<Record<string, Shown>>): string =>
  [
    "# TYPE envoy_cluster_upstream_rq_completed counter",
    ...Object.entries(versions).map(
      ([service, { completed }]) => `envoy_cluster_upstream_rq_completed{envoy_cluster_name="${service}"} ${completed}`,
    ),
    "# TYPE envoy_cluster_upstream_rq_xx counter",
    ...Object.entries(versions).flatMap(([service, { good, bad }]) => [
      `envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="${service}"} ${good}`,
      ...(bad === undefined
        ? []
        : [`envoy_cluster_upstream_rq_xx{envoy_response_code_class="5",envoy_cluster_name="${service}"} ${bad}`]),
    ]),
    "",
  ].join("\n");

/** A histogram of one cluster, by how many took up to each bound and longer than the one before. */
function histogram(
  service: string,
  taken: Readonly<Record<number, number>>,
  bounds: readonly number[] = gateways.envoy.durations?.bounds ?? [],
): readonly string[] {
  const upTo = (bound: number): number =>
    Object.entries(taken).reduce((sum, [each, count]) => sum + (Number(each) <= bound ? count : 0), 0);
  const line = (suffix: string, labels: string, value: number): string =>
    `envoy_cluster_upstream_rq_time_${suffix}{envoy_cluster_name="${service}"${labels}} ${value}`;
  const all = upTo(Number.POSITIVE_INFINITY);
  return [
    ...bounds.map((bound) => line("bucket", `,le="${bound}"`, upTo(bound))),
    line("bucket", ',le="+Inf"', all),
    line("sum", "", all),
    line("count", "", all),
  ];
}

/** Shows this until it was scraped twice: the first of these scrapes may have begun before. */
async function shown(exporter: Exporter, metrics: string | undefined): Promise<void> {
  exporter.show(metrics);
  const seen = exporter.scrapes;
  while (metrics !== undefined && exporter.scrapes < seen + 2) await sleep(50);
  await sleep(300);
}

/** Reads as a controller does, from cursor to cursor, and adds up. */
function reader(url: string, asked: CountQuestion = question()) {
  let cursor: CountCursor | undefined;
  const total = { n0: 0, x0: 0, n1: 0, x1: 0, seconds: 0 };
  return {
    total,
    async read() {
      const counted = await readCounts({ url }, asked, cursor, Date.now());
      cursor = counted.cursor;
      for (const { live } of counted.intervals) {
        const { n0 = 0, x0 = 0, n1 = 0, x1 = 0 } = live.counts.errorRate ?? {};
        total.n0 += n0;
        total.n1 += n1;
        total.x0 += Number(x0);
        total.x1 += Number(x1);
        total.seconds += live.seconds;
      }
      return counted;
    },
  };
}

const totals = ({ n0, x0, n1, x1 }: ReturnType<typeof reader>["total"]) => ({ n0, x0, n1, x1 });

describe.skipIf(!hasPrometheus).concurrent(`counts from what a real server scrapes${prometheusNeeded}`, () => {
  test("every request is counted once, however often is read, and the first failures of a candidate too", async () => {
    await using exporter = await startExporter();
    await using server = await startPrometheus({ scrape: { port: exporter.port } });
    const counts = reader(server.url);
    await shown(exporter, envoy({ "models_m-v1_80": { completed: 1_000, good: 990, bad: 10 } }));
    await counts.read();
    expect(totals(counts.total)).toEqual({ n0: 0, x0: 0, n1: 0, x1: 0 });
    await shown(exporter, envoy({ "models_m-v1_80": { completed: 1_100, good: 1_089, bad: 11 } }));
    for (let i = 0; i < 5; i++) await counts.read();
    const both = {
      "models_m-v1_80": { completed: 1_300, good: 1_287, bad: 13 },
      "models_m-v2_80": { completed: 21, good: 0, bad: 21 },
    };
    await shown(exporter, envoy(both));
    for (let i = 0; i < 5; i++) await counts.read();
    await sleep(1_200);
    await counts.read();
    expect(totals(counts.total)).toEqual({ n0: 300, x0: 3, n1: 21, x1: 21 });
  });

  test("a restart of the gateway loses the step around it and nothing else, and is told", async () => {
    await using exporter = await startExporter();
    await using server = await startPrometheus({ scrape: { port: exporter.port } });
    const counts = reader(server.url);
    await shown(exporter, envoy({ "models_m-v1_80": { completed: 1_000, good: 1_000 } }));
    await counts.read();
    await shown(exporter, envoy({ "models_m-v1_80": { completed: 1_200, good: 1_200 } }));
    await counts.read();
    await shown(exporter, envoy({ "models_m-v1_80": { completed: 5, good: 5 } }));
    const { notes } = await counts.read();
    await shown(exporter, envoy({ "models_m-v1_80": { completed: 45, good: 43 } }));
    await sleep(1_200);
    await counts.read();
    expect(totals(counts.total)).toEqual({ n0: 240, x0: 2, n1: 0, x1: 0 });
    expect(notes).toEqual([expect.stringContaining("began anew")]);
  });

  test("what stable did before is one interval without length, and teaches", async () => {
    await using exporter = await startExporter();
    await using server = await startPrometheus({ scrape: { port: exporter.port } });
    await shown(exporter, envoy({ "models_m-v1_80": { completed: 1_000, good: 1_000 } }));
    await shown(exporter, envoy({ "models_m-v1_80": { completed: 1_500, good: 1_495, bad: 5 } }));
    const { intervals } = await reader(server.url).read();
    expect(intervals.map(({ live }) => [live.seconds, live.counts.errorRate])).toEqual([
      [0, { n0: 500, x0: 5, n1: 0, x1: 0 }],
    ]);
  });

  test("of a HAProxy what no server answered has failed, and what is under way has not", async () => {
    await using exporter = await startExporter();
    await using server = await startPrometheus({ scrape: { port: exporter.port } });
    const counts = reader(server.url, question({ gateway: gateways.haproxy }));
    const haproxy = (
      sent: number,
      open: number,
      good: number,
    ): string => `# TYPE haproxy_backend_http_requests_total counter
haproxy_backend_http_requests_total{proxy="models_m-v2_80"} ${sent}
# TYPE haproxy_backend_current_sessions gauge
haproxy_backend_current_sessions{proxy="models_m-v2_80"} ${open}
# TYPE haproxy_server_http_responses_total counter
haproxy_server_http_responses_total{proxy="models_m-v2_80",server="a",code="2xx"} ${good}
haproxy_server_http_responses_total{proxy="models_m-v2_80",server="a",code="5xx"} 0
`;
    await shown(exporter, haproxy(100, 0, 100));
    await counts.read();
    await shown(exporter, haproxy(260, 18, 100));
    await counts.read();
    await shown(exporter, haproxy(260, 0, 118));
    await sleep(1_200);
    await counts.read();
    expect(totals(counts.total)).toEqual({ n0: 0, x0: 0, n1: 160, x1: 142 });
  });

  test("answers are counted between the bounds of the gateway's own buckets, and what has no time is not compared", async () => {
    await using exporter = await startExporter();
    await using server = await startPrometheus({ scrape: { port: exporter.port } });
    const guards = [errorGuard, { ...errorGuard, metric: "latency", margin: { kind: "relative", value: 1 } }] as const;
    const asked = question({ guards });
    const at = (n: number, unanswered: number) =>
      [
        envoy({
          "models_m-v1_80": { completed: n, good: n },
          "models_m-v2_80": { completed: n, good: n - unanswered, bad: unanswered },
        }),
        "# TYPE envoy_cluster_upstream_rq_time histogram",
        // Of stable all take up to 25 ms; of the candidate half take up to 250 ms, and half up to 2.5 s.
        ...histogram("models_m-v1_80", { 25: n }),
        ...histogram("models_m-v2_80", { 250: (n - unanswered) / 2, 2500: (n - unanswered) / 2 }),
        "",
      ].join("\n");
    await shown(exporter, at(100, 0));
    const first = await readCounts({ url: server.url }, asked, undefined, Date.now());
    await shown(exporter, at(200, 20));
    await sleep(1_200);
    const { intervals } = await readCounts({ url: server.url }, asked, first.cursor, Date.now());
    const counted = intervals.flatMap(({ live }) => live.counts.latency ?? []).filter(({ n1 }) => n1 > 0);
    // Rungs 25, 50, 250, 500, 2,500 and 5,000 ms, those of the candidate twice as long.
    expect(counted).toEqual([{ n0: 100, x0: [0, 0, 0, 0, 0, 0], n1: 80, x1: [80, 80, 40, 40, 0, 0] }]);
  });

  test("buckets that somebody has set at the gateway are told, and nothing is guessed between them", async () => {
    await using exporter = await startExporter();
    await using server = await startPrometheus({ scrape: { port: exporter.port } });
    const guards = [{ ...errorGuard, metric: "latency", margin: { kind: "relative", value: 1 } }] as const;
    await shown(
      exporter,
      [
        envoy({ "models_m-v1_80": { completed: 5, good: 5 } }),
        "# TYPE envoy_cluster_upstream_rq_time histogram",
        ...histogram("models_m-v1_80", { 700: 5 }, [10, 700]),
        "",
      ].join("\n"),
    );
    await expect(readCounts({ url: server.url }, question({ guards }), undefined, Date.now())).rejects.toThrow(
      "envoy_cluster_upstream_rq_time_bucket: saw buckets up to 10, 700 ms; allowed is those that the gateway has by itself",
    );
  });

  test("copies are judged as copies while the candidate answers nobody", async () => {
    await using exporter = await startExporter();
    await using server = await startPrometheus({ scrape: { port: exporter.port } });
    const asked = question({ shadowing: true });
    const at = (n: number, bad: number) =>
      envoy({
        "models_m-v1_80": { completed: n, good: n },
        "models_m-v2_80": { completed: n, good: n - bad, bad },
      });
    await shown(exporter, at(10, 0));
    const first = await readCounts({ url: server.url }, asked, undefined, Date.now());
    await shown(exporter, at(60, 20));
    await sleep(1_200);
    const { intervals } = await readCounts({ url: server.url }, asked, first.cursor, Date.now());
    const copied = intervals.flatMap(({ copies }) => copies?.counts.errorRate ?? []);
    expect(copied).toEqual([{ n0: 50, x0: 0, n1: 50, x1: 20 }]);
    expect(intervals.every(({ live }) => live.counts.errorRate?.n1 === 0)).toBe(true);
  });

  test("a server that is not there is said, and nothing is counted", async () => {
    const asking = readCounts({ url: "http://127.0.0.1:1" }, question(), undefined, Date.now());
    await expect(asking).rejects.toThrow("saw no answer");
  });
});

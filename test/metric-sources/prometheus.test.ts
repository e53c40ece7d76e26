import { describe, expect, test } from "vitest";
import { type MetricSourceError, type Question, rungsAmong } from "../../components/metric-sources/index.ts";
import { type PrometheusSettings, prometheus, seriesNames } from "../../components/metric-sources/prometheus/index.ts";
import { DURATION_BOUNDS } from "../../components/platforms/local/gateway/metrics.ts";
import { openMetrics, sample } from "./open-metrics.ts";
import { hasPrometheus, prometheusNeeded, startPrometheus } from "./real-prometheus.ts";
import { guards, question } from "./traffic.ts";

const FROM = Date.parse("2026-01-05T10:00:00Z");
const SCRAPE = 15_000;
const errors: Question = { ...question, guards: guards.slice(0, 1), rungs: [] };
const latency: Question = { ...question, guards: guards.slice(2) };
const window = { from: FROM, to: FROM + 120_000 };

/** Scrapes of one series, from one scrape before the window on; undefined where it was not there. */
interface Scraped {
  readonly version: string;
  readonly code?: number;
  readonly instance?: string;
  readonly more?: Readonly<Record<string, string>>;
  readonly values: readonly (number | undefined)[];
}

const momentOf = (i: number): number => FROM + (i - 1) * SCRAPE;

const linesOf = (
  name: string,
  { version, code, instance = "gateway:9090", more = {}, values }: Scraped,
): readonly string[] =>
  values.flatMap((value, i) => {
    const labels = {
      job: "models",
      instance,
      model: "sentiment",
      version,
      ...(code !== undefined && { code }),
      ...more,
    };
    return value === undefined ? [] : [sample(name, labels, value, momentOf(i))];
  });

const requests = (...series: readonly Scraped[]): string =>
  openMetrics({ model_requests: series.flatMap((each) => linesOf("model_requests_total", each)) });

/** Reads what a real server says of these samples. */
async function readFrom(
  samples: string,
  asked: Question = errors,
  settings: Partial<PrometheusSettings> = {},
  span = window,
) {
  await using server = await startPrometheus({ samples });
  const source = prometheus({
    url: server.url,
    names: seriesNames.gateway,
    select: { model: "sentiment" },
    ...settings,
  });
  return await source.read(span, asked);
}

const countsOf = ({ intervals }: Awaited<ReturnType<typeof readFrom>>) =>
  intervals.map(({ live }) => live.counts.errorRate);

const problemsOf = (work: Promise<unknown>) =>
  work.then(
    () => [],
    (error: MetricSourceError) => error.problems.map(({ seen, cure }) => `${seen} → ${cure}`),
  );

/** 0 … 8 scrapes, counting `each` more a scrape from `start` on. */
const rising = (start: number, each: number, count = 9): readonly number[] =>
  Array.from({ length: count }, (_, i) => start + i * each);

describe.skipIf(!hasPrometheus)(`the metric source prometheus on a real server${prometheusNeeded}`, () => {
  test("several pods of a version are added up, each by its own scrapes", async () => {
    const reading = await readFrom(
      requests(
        { version: "v1", code: 200, instance: "a", values: rising(1000, 10) },
        { version: "v1", code: 200, instance: "b", values: rising(0, 20) },
        { version: "v1", code: 500, instance: "b", values: rising(3, 1) },
        { version: "v2", code: 200, instance: "c", values: rising(0, 2) },
        { version: "v2", code: 503, instance: "d", values: rising(0, 1) },
        { version: "v9", code: 503, instance: "d", values: rising(0, 1000) },
      ),
    );
    // The scrapes at 10:00:00 to 10:00:45 are those of the first minute.
    expect(countsOf(reading)).toEqual([
      { n0: 124, x0: 4, n1: 12, x1: 4 },
      { n0: 124, x0: 4, n1: 12, x1: 4 },
    ]);
    expect(reading.notes).toEqual([]);
  });

  test("a restart is told, and what its pod counted in that step is left out while the other pods go on", async () => {
    const reading = await readFrom(
      requests(
        { version: "v1", code: 200, instance: "a", values: [100, 110, 120, 5, 15, 25, 35, 45, 55] },
        { version: "v1", code: 500, instance: "a", values: [1, 1, 1, 90, 90, 90, 90, 90, 90] },
        { version: "v2", code: 200, instance: "b", values: rising(0, 2) },
        { version: "v2", code: 200, instance: "c", values: rising(0, 2) },
      ),
    );
    expect(countsOf(reading)).toEqual([
      { n0: 30, x0: 0, n1: 16, x1: 0 },
      { n0: 40, x0: 0, n1: 16, x1: 0 },
    ]);
    expect(reading.notes).toEqual([
      {
        kind: "reset",
        text: "The counters of models a began anew before 2026-01-05T10:00:30.000Z; what it counted since the scrape before is left out.",
      },
    ]);
  });

  test("a code that is seen for the first time counts from 0: the first failure is not lost", async () => {
    const reading = await readFrom(
      requests(
        { version: "v1", code: 200, values: rising(0, 10) },
        { version: "v2", code: 200, values: rising(0, 5) },
        { version: "v2", code: 500, values: [undefined, undefined, undefined, 1, 1, 1, 1, 1, 1] },
      ),
    );
    expect(countsOf(reading)[0]).toEqual({ n0: 40, x0: 0, n1: 21, x1: 1 });
  });

  test("a scrape that is missing loses nothing: the next one has it all", async () => {
    const values = [100, 110, undefined, undefined, 140, 150, 160, 170, 180];
    const reading = await readFrom(
      requests({ version: "v1", code: 200, values }, { version: "v2", code: 200, values }),
    );
    expect(countsOf(reading)).toEqual([
      { n0: 40, x0: 0, n1: 40, x1: 0 },
      { n0: 40, x0: 0, n1: 40, x1: 0 },
    ]);
  });

  test("a longer silence is a gap: it is told, its time does not count, and what was counted across it is left out", async () => {
    const quiet = Array.from({ length: 30 }, () => undefined);
    const values = [...rising(100, 10, 9), ...quiet, ...rising(900_000, 10, 9)];
    const span = { from: FROM, to: FROM + 12 * 60_000 };
    const reading = await readFrom(
      requests({ version: "v1", code: 200, values }, { version: "v2", code: 200, values }),
      errors,
      {},
      span,
    );
    const counted = reading.intervals.flatMap(({ live }, i) => (live.counts.errorRate === undefined ? [] : [i]));
    expect(counted).toEqual([0, 1, 9, 10, 11]);
    expect(countsOf(reading).reduce((sum, counts) => sum + (counts?.n0 ?? 0), 0)).toBe(160);
    expect(reading.notes).toEqual([
      {
        kind: "gap",
        text: "Nothing was scraped from 2026-01-05T10:02:00.000Z to 2026-01-05T10:09:00.000Z; that time does not count.",
      },
    ]);
  });

  test("a series that has ended adds nothing more, although the server answers with it for five minutes", async () => {
    const ended = rising(100, 10, 9).map((value, i) => (i > 4 ? undefined : value));
    const reading = await readFrom(
      requests({ version: "v1", code: 200, values: rising(0, 10) }, { version: "v2", code: 200, values: ended }),
    );
    expect(countsOf(reading)).toEqual([
      { n0: 40, x0: 0, n1: 40, x1: 0 },
      { n0: 40, x0: 0, n1: 0, x1: 0 },
    ]);
  });

  test("a candidate that is known and got nothing is said, and has no units", async () => {
    const reading = await readFrom(
      requests({ version: "v1", code: 200, values: rising(0, 10) }, { version: "v2", code: 200, values: rising(7, 0) }),
    );
    expect(countsOf(reading)[0]).toEqual({ n0: 40, x0: 0, n1: 0, x1: 0 });
    expect(reading.notes.map(({ kind, text }) => [kind, text])).toEqual([
      ["noTraffic", "v2 got no request that was counted from 2026-01-05T10:00:00.000Z to 2026-01-05T10:02:00.000Z."],
    ]);
  });

  test("a candidate of one pod beside others is said: the version cannot be told from the pod", async () => {
    const reading = await readFrom(
      requests(
        { version: "v1", code: 200, instance: "a", values: rising(0, 10) },
        { version: "v2", code: 200, instance: "b", values: rising(0, 10) },
      ),
    );
    expect(reading.notes).toEqual([
      { kind: "onePod", text: expect.stringContaining("All of v2 is measured at models b") },
    ]);
  });

  test("two servers' series of the same targets are refused: everything would count twice", async () => {
    const replica = (name: string): Scraped => ({
      ...{ version: "v1", code: 200, values: rising(0, 10) },
      more: { prometheus_replica: name },
    });
    expect(await problemsOf(readFrom(requests(replica("a"), replica("b"))))).toEqual([
      "prometheus_replica with 2 values → Ask where they are merged, or choose one: --select prometheus_replica=a",
    ]);
  });

  test("intervals shorter than the time between scrapes are refused, with the length that would do", async () => {
    const samples = requests({ version: "v1", code: 200, values: rising(0, 10) });
    expect(await problemsOf(readFrom(samples, { ...errors, intervalMs: 5_000 }))).toEqual([
      "a scrape each 15 s, and intervals of 5 s → Judge longer intervals: --interval 15",
    ]);
  });

  const buckets = (version: string, bounds: Readonly<Record<string, readonly number[]>>): readonly string[] =>
    Object.entries(bounds).flatMap(([le, values]) =>
      linesOf("model_request_duration_seconds_bucket", { version, values, more: { le } }),
    );
  const histograms = (...lines: readonly string[]): string => openMetrics({ model_request_duration_seconds: lines });

  test("versions with other buckets cannot be compared by their latency, and both are shown", async () => {
    const samples = histograms(
      ...buckets("v1", { "0.01": rising(0, 1), "0.02": rising(0, 2), "+Inf": rising(0, 3) }),
      ...buckets("v2", { "0.01": rising(0, 1), "0.03": rising(0, 2), "+Inf": rising(0, 3) }),
    );
    await using server = await startPrometheus({ samples });
    const source = prometheus({ url: server.url, names: seriesNames.gateway, select: {} });
    expect(await problemsOf(source.latencyBounds(window, latency))).toEqual([
      "buckets of v1 at gateway:9090 up to 10, 20 ms; buckets of v2 at gateway:9090 up to 10, 30 ms → Give both versions the same buckets, or leave latency out: mlc judge --skip latency",
    ]);
  });

  test("a margin of 10 % is read from the buckets of the local gateway, exactly", async () => {
    const labelled = (version: string, slower: number) =>
      buckets(version, {
        ...Object.fromEntries(
          // A request a scrape at each bound, and of all others none: those of v2 stand so many bounds further up.
          DURATION_BOUNDS.map((bound, i) => [String(bound / 1000), rising(0, Math.max(0, i + 1 - slower))]),
        ),
        "+Inf": rising(0, DURATION_BOUNDS.length),
      });
    await using server = await startPrometheus({ samples: histograms(...labelled("v1", 0), ...labelled("v2", 1)) });
    const source = prometheus({ url: server.url, names: seriesNames.gateway, select: {} });
    const rungs = rungsAmong(await source.latencyBounds(window, latency), 0.1);
    expect(rungs.map(({ stableMs }) => Math.round(stableMs))).toEqual([
      10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10_240,
    ]);
    const { intervals } = await source.read(window, { ...latency, rungs });
    const counts = intervals[0]?.live.counts.latency;
    // v2 is a bound slower throughout, which is the margin: at each rung as many of each version are slower.
    expect(counts?.x0).toEqual(counts?.x1);
    expect(counts?.n0).toBe(counts?.n1);
    expect(counts?.x0).toEqual(
      rungs.map(({ stableMs }) => 4 * DURATION_BOUNDS.filter((bound) => bound > stableMs * 1.0001).length),
    );
  });

  test("buckets that change while a rollout is judged are refused from then on, not guessed at", async () => {
    const samples = histograms(
      ...buckets("v1", { "0.01": rising(0, 1), "0.02": rising(0, 2), "+Inf": rising(0, 3) }),
      ...buckets("v2", { "0.015": rising(0, 1), "+Inf": rising(0, 3) }),
    );
    const asked = { ...latency, rungs: [{ stableMs: 10, candidateMs: 20 }] };
    expect(await problemsOf(readFrom(samples, asked))).toEqual([
      "other buckets of v2 from 2026-01-05T10:00:00.000Z on → Judge from that time on (mlc judge --from), or leave latency out: --skip latency",
    ]);
  });

  test("the clock of this machine does not matter: windows are by the server's, and a difference is told", async () => {
    await using server = await startPrometheus({});
    const source = prometheus({ url: server.url, names: seriesNames.gateway, select: {} });
    const [same, ahead] = [
      await source.settled(Date.now(), question),
      await source.settled(Date.now() + 3_600_000, question),
    ];
    expect(same.notes).toEqual([]);
    expect(ahead.notes.map(({ kind }) => kind)).toEqual(["clockSkew"]);
    expect(ahead.notes[0]?.text).toMatch(/^This machine's clock is 3\d{3} s ahead of the server's/);
    expect(ahead.until - same.until).toBeLessThan(60_000);
  });
});

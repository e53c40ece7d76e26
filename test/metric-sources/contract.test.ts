import { file } from "../../components/metric-sources/file/index.ts";
import { prometheus, seriesNames } from "../../components/metric-sources/prometheus/index.ts";
import { metricSourceContract } from "./contract.ts";
import { fakeCloud } from "./fake-cloud.ts";
import { asOpenTelemetry } from "./open-metrics.ts";
import { hasPrometheus, prometheusNeeded, startPrometheus } from "./real-prometheus.ts";
import { BOUNDS, FROM, MINUTE, MINUTES, truthOf } from "./traffic.ts";

const nothing = { [Symbol.asyncDispose]: async () => {} };

metricSourceContract({
  name: "file",
  stage: async () => {
    const rows = Array.from({ length: MINUTES }, (_, i) => i - 1).flatMap((minute) =>
      ["v1", "v2"].map((version) => ({ minute, version, ...truthOf(version, minute, BOUNDS) })),
    );
    const columns = new Map<string, readonly (string | number)[]>([
      ["at", rows.map(({ minute }) => new Date(FROM + minute * MINUTE).toISOString())],
      ["seconds", rows.map(() => "60")],
      ["version", rows.map(({ version }) => version)],
      ["requests", rows.map(({ requests }) => requests)],
      ["errors", rows.map(({ errors }) => errors)],
      ["refusals", rows.map(({ refusals }) => refusals)],
      ...BOUNDS.map((bound, k) => [`over_${bound}ms`, rows.map(({ slower }) => slower[k] ?? 0)] as const),
    ]);
    const load = async () => ({ rows: rows.length, columns });
    return { source: file({ path: "counts.csv", load, tellsSteps: false }), ...nothing };
  },
});

metricSourceContract({ name: "of a cloud", stage: async () => ({ source: fakeCloud(), ...nothing }) });

metricSourceContract({
  name: `prometheus${prometheusNeeded}`,
  runs: hasPrometheus,
  stage: async () => {
    const server = await startPrometheus({ samples: asOpenTelemetry() });
    const select = { service_name: "sentiment" };
    const source = prometheus({ url: server.url, names: seriesNames["otel-http"], select });
    return { source, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  },
});

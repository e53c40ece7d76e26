import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A native histogram as an exporter has it: how many lie in each cell, by index; cell i of schema s reaches up to 2^(i / 2^s) seconds. */
export interface NativeHistogram {
  readonly labels: Readonly<Record<string, string>>;
  readonly schema: number;
  readonly cells: ReadonlyMap<number, number>;
}

/** What a model server would show at /metrics. */
export interface Exporter extends AsyncDisposable {
  readonly port: number;
  /** How often it was scraped. */
  readonly scrapes: number;
  /** What it shows from here on: text, or the protocol that native histograms need. Undefined: it does not answer. */
  show(metrics: string | { readonly name: string; readonly histograms: readonly NativeHistogram[] } | undefined): void;
}

export async function startExporter(): Promise<Exporter> {
  let shown: Parameters<Exporter["show"]>[0] = "";
  let scrapes = 0;
  const server = createServer((_, response) => {
    if (shown === undefined) return void response.destroy();
    scrapes++;
    if (typeof shown === "string")
      return void response.setHeader("content-type", "text/plain; version=0.0.4").end(shown);
    response.setHeader(
      "content-type",
      "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
    );
    response.end(encodeFamily(shown.name, shown.histograms));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as AddressInfo).port,
    get scrapes() {
      return scrapes;
    },
    show: (metrics) => {
      shown = metrics;
    },
    [Symbol.asyncDispose]: () => close(server),
  };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}

// The few fields of io.prometheus.client (metrics.proto) that a native histogram needs, in protobuf's wire format.

const varint = (value: number): readonly number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const number = (field: number, value: number): readonly number[] => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, content: readonly number[]): readonly number[] => [
  ...varint(field * 8 + 2),
  ...varint(content.length),
  ...content,
];
const text = (field: number, value: string): readonly number[] => bytes(field, [...Buffer.from(value)]);
const double = (field: number, value: number): readonly number[] => {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleLE(value);
  return [...varint(field * 8 + 1), ...buffer];
};

const HISTOGRAM = 4;

function encodeFamily(name: string, histograms: readonly NativeHistogram[]): Buffer {
  const metrics = histograms.flatMap((each) => bytes(4, encodeMetric(each)));
  const family = [...text(1, name), ...number(3, HISTOGRAM), ...metrics];
  return Buffer.from([...varint(family.length), ...family]);
}

function encodeMetric({ labels, schema, cells }: NativeHistogram): readonly number[] {
  const pairs = Object.entries(labels).flatMap(([key, value]) => bytes(1, [...text(1, key), ...text(2, value)]));
  const rising = [...cells].toSorted(([a], [b]) => a - b);
  const total = rising.reduce((sum, [, count]) => sum + count, 0);
  // A span for each cell; each count as its difference from the one before.
  const spans = rising.flatMap(([index], i) => {
    const before = rising[i - 1]?.[0];
    const offset = before === undefined ? index : index - before - 1;
    return bytes(12, [...number(1, zigzag(offset)), ...number(2, 1)]);
  });
  const deltas = rising.flatMap(([, count], i) => varint(zigzag(count - (rising[i - 1]?.[1] ?? 0))));
  const histogram = [
    ...number(1, total),
    ...double(2, total),
    ...number(5, zigzag(schema)),
    ...double(6, 1e-9),
    ...number(7, 0),
    ...spans,
    ...bytes(13, deltas),
  ];
  return [...pairs, ...bytes(7, histogram)];
}

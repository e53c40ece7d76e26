import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadModel, type Model } from "../../../components/models/load-model.ts";
import { createTraffic } from "../../../examples/sentiment-api/training/traffic.ts";
import {
  type TrainedVersion,
  trainSentiment,
  type VersionName,
} from "../../../examples/sentiment-api/training/train.ts";

interface GoldenLine {
  readonly input: { readonly text: string };
  readonly label?: string;
  readonly expect?: { readonly label: string };
}

const names: readonly VersionName[] = ["v1", "v2", "v3-crash", "v3-skew"];
const files = ["golden.jsonl", "model.json", "weights.json"];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mlc-training-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function goldenOf(directory: string): readonly GoldenLine[] {
  const lines = readFileSync(join(directory, "golden.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line): GoldenLine => JSON.parse(line));
}

function accuracyOf(model: Model, lines: readonly GoldenLine[]): number {
  const labelled = lines.filter(({ label }) => label !== undefined);
  return labelled.filter(({ input, label }) => model.predict(input).label === label).length / labelled.length;
}

function positiveRate(model: Model, texts: readonly string[]): number {
  return texts.filter((text) => model.predict({ text }).label === "positive").length / texts.length;
}

function bytesOf(directory: string): readonly string[] {
  return names.flatMap((name) => files.map((file) => readFileSync(join(directory, name, file), "utf8")));
}

test("the same seed writes the same bytes, another seed other weights", () => {
  const [first, again, other] = ["first", "again", "other"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  trainSentiment(first, { seed: 11 });
  trainSentiment(again, { seed: 11 });
  trainSentiment(other, { seed: 12 });
  expect(readdirSync(first).sort()).toEqual([...names].sort());
  for (const name of names) expect(readdirSync(join(first, name)).sort()).toEqual(files);
  expect(bytesOf(again)).toEqual(bytesOf(first));
  expect(bytesOf(other)).not.toEqual(bytesOf(first));
});

describe.each([1, 2, 3, 7])("trained from seed %i", (seed) => {
  let trained: ReadonlyMap<VersionName, TrainedVersion>;
  beforeAll(() => {
    const versions = trainSentiment(join(folder, `seed-${seed}`), { seed });
    trained = new Map(versions.map((version) => [version.name, version]));
  });

  function load(name: VersionName): { readonly model: Model; readonly golden: readonly GoldenLine[] } {
    const { directory = "" } = trained.get(name) ?? {};
    return { model: loadModel(directory), golden: goldenOf(directory) };
  }

  const texts = (share: number): readonly string[] => {
    const next = createTraffic({ seed: seed + 1000, nonAsciiShare: share });
    return Array.from({ length: 5_000 }, () => next().text);
  };

  test("v1 is usable and v2 is better by far, on sentences that neither has seen", () => {
    const [v1, v2] = [load("v1"), load("v2")];
    expect(v1.golden.filter(({ label }) => label !== undefined)).toHaveLength(80);
    const accuracy = { v1: accuracyOf(v1.model, v1.golden), v2: accuracyOf(v2.model, v2.golden) };
    expect(accuracy.v1).toBeGreaterThanOrEqual(0.6);
    expect(accuracy.v1).toBeLessThanOrEqual(0.8);
    expect(accuracy.v2).toBeGreaterThanOrEqual(0.85);
    expect(accuracy.v2 - accuracy.v1).toBeGreaterThanOrEqual(0.1);
  });

  test.each(names)("%s answers its certain requests, and its metrics are what its own files give", (name) => {
    const { model, golden } = load(name);
    const certain = golden.filter((line) => line.expect !== undefined);
    expect(certain).toHaveLength(4);
    expect(certain.map(({ input }) => model.predict(input).label)).toEqual(certain.map((line) => line.expect?.label));
    expect(model.manifest.metrics).toEqual(trained.get(name)?.metrics);
    expect(accuracyOf(model, golden)).toBe(model.manifest.metrics.goldenAccuracy);
  });

  test("v2 understands negation and v1 does not", () => {
    const pair = ["The camera is good.", "The camera is not good."];
    const labels = (name: VersionName) => pair.map((text) => load(name).model.predict({ text }).label);
    expect(labels("v2")).toEqual(["positive", "negative"]);
    expect(labels("v1")).toEqual(["positive", "positive"]);
  });

  test("v1 and v2 say positive equally often, so that a change of it means something", () => {
    const traffic = texts(0.08);
    const shift = positiveRate(load("v2").model, traffic) - positiveRate(load("v1").model, traffic);
    expect(Math.abs(shift)).toBeLessThan(0.04);
  });

  test("v3-crash answers ASCII as v2 does and fails on everything else", () => {
    const [v2, crash] = [load("v2"), load("v3-crash")];
    for (const text of texts(0)) expect(crash.model.predict({ text })).toEqual(v2.model.predict({ text }));
    for (const text of texts(1)) expect(() => crash.model.predict({ text })).toThrow(RangeError);
  });

  test("v3-skew passes a floor of 0.75 and says positive at least 20 points more often than v2", () => {
    const [v2, skew] = [load("v2"), load("v3-skew")];
    expect(accuracyOf(skew.model, skew.golden)).toBeGreaterThanOrEqual(0.75);
    const traffic = texts(0.08);
    expect(positiveRate(skew.model, traffic) - positiveRate(v2.model, traffic)).toBeGreaterThanOrEqual(0.2);
  });
});

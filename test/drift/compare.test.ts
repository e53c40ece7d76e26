import { describe, expect, test } from "vitest";
import {
  type Column,
  columnOf,
  compareWindows,
  type DriftReport,
  NO_PERIODS,
  stepHysteresis,
  type Value,
  type Window,
} from "../../components/drift/index.ts";
import { numbers } from "./oracle-samples.ts";

const numeric = (values: Iterable<number>): Column => columnOf([...values], "number");
const category = (counts: Readonly<Record<string, number>>, missing = 0): Column =>
  columnOf(
    [
      ...Object.entries(counts).flatMap(([name, count]) => Array.from({ length: count }, (): Value => name)),
      ...Array.from({ length: missing }, () => null),
    ],
    "category",
  );
const compareOne = (reference: Column, current: Column): DriftReport =>
  compareWindows(new Map([["x", reference]]), new Map([["x", current]]));
const levels = (report: DriftReport): readonly (readonly [string, string])[] =>
  report.features.flatMap(({ findings }) => findings.map(({ measure, level }) => [measure, level] as const));

describe("a feature drifts when a change is material and significant", () => {
  test("a third of a standard deviation in ten thousand rows is both", () => {
    expect(levels(compareOne(numeric(numbers(1, 10_000, 0)), numeric(numbers(2, 10_000, 165))))).toEqual([
      ["wasserstein", "alarm"],
      ["psi", "none"],
    ]);
  });

  test("a change that a hundred thousand rows show beyond doubt, and that is small, is none", () => {
    const report = compareOne(numeric(numbers(1, 100_000, 0)), numeric(numbers(2, 100_000, 15)));
    expect(report.features[0]?.findings[0]?.adjustedP).toBeLessThan(1e-5);
    expect(report.features[0]).toMatchObject({ level: "none", calm: true });
  });

  test("nine tenths of a warning are none, and not calm: what drifted before goes on", () => {
    const report = compareOne(numeric(numbers(1, 100_000, 0)), numeric(numbers(2, 100_000, 45)));
    expect(report.features[0]?.findings[0]?.effect).toBeGreaterThan(0.08);
    expect(report.features[0]).toMatchObject({ level: "none", calm: false });
  });

  test("what chance makes of forty rows looks material and is none", () => {
    const report = compareOne(numeric(numbers(11, 40, 0)), numeric(numbers(111, 60, 0)));
    expect(report.features[0]?.findings[0]?.effect).toBeGreaterThan(0.25);
    expect(report.features[0]).toMatchObject({ level: "none", calm: true });
  });

  test("a change of the spread alone is found by the deciles", () => {
    const narrow = numbers(1, 5000, 0);
    const wide = numbers(2, 5000, 0).map((value) => 1.5 + (value - 1.5) * 1.6);
    expect(levels(compareOne(numeric(narrow), numeric(wide)))).toContainEqual(["psi", "alarm"]);
  });

  test("categories change by their shares, whatever the size of the windows", () => {
    const before = category({ a: 5000, b: 3000, c: 2000 });
    expect(levels(compareOne(before, category({ a: 510, b: 295, c: 195 })))).toEqual([["jensenShannon", "none"]]);
    expect(levels(compareOne(before, category({ a: 350, b: 350, c: 300 })))).toEqual([["jensenShannon", "warn"]]);
    expect(levels(compareOne(before, category({ a: 100, b: 300, c: 600 })))).toEqual([["jensenShannon", "alarm"]]);
  });

  test("numbers of at most five values are categories, and of six are numbers", () => {
    const values = (different: number) => numeric(Array.from({ length: 600 }, (_, i) => i % different));
    expect(levels(compareOne(values(5), values(5)))).toEqual([["jensenShannon", "none"]]);
    expect(levels(compareOne(values(6), values(6)))).toEqual([["wasserstein", "none"]]);
    const days = (counts: readonly number[]) => numeric(counts.flatMap((count, day) => Array(count).fill(day)));
    expect(levels(compareOne(days([300, 300, 300]), days([100, 300, 500])))).toEqual([["jensenShannon", "alarm"]]);
  });
});

describe("new categories", () => {
  test("are drift where the reference had none that came once", () => {
    const report = compareOne(category({ a: 500, b: 500 }), category({ a: 480, b: 480, "<b>new</b>": 40 }));
    expect(levels(report)).toContainEqual(["newCategories", "warn"]);
    expect(report.features[0]?.findings[1]?.effect).toBeCloseTo(0.04, 12);
  });

  test("are none where each row had its own before: an id is new every time", () => {
    const ids = (from: number) =>
      columnOf(
        Array.from({ length: 2000 }, (_, i) => `id-${from + i}`),
        "category",
      );
    expect(compareOne(ids(0), ids(2000)).features[0]).toMatchObject({ level: "none", calm: true });
  });
});

describe("missing values", () => {
  test("are drift when more or fewer are missing, by a point and significantly", () => {
    const full = category({ a: 900, b: 900 }, 20);
    const [more] = compareOne(full, category({ a: 820, b: 820 }, 180)).features;
    expect(more?.findings.find(({ measure }) => measure === "missing")).toMatchObject({ level: "alarm" });
    const [fewer] = compareOne(category({ a: 820, b: 820 }, 180), full).features;
    expect(fewer?.findings.find(({ measure }) => measure === "missing")).toMatchObject({ level: "alarm" });
    const [few] = compareOne(full, category({ a: 895, b: 890 }, 35)).features;
    expect(few?.findings.find(({ measure }) => measure === "missing")).toMatchObject({ level: "none" });
  });

  test("a column that lost all its values is judged by them alone", () => {
    expect(levels(compareOne(category({ a: 500 }), category({}, 500)))).toEqual([["missing", "alarm"]]);
    expect(levels(compareOne(category({}, 500), category({}, 500)))).toEqual([["missing", "none"]]);
  });
});

test("p is corrected for every measurement of every feature: of twenty columns the loudest pays twentyfold", () => {
  const window = (seed: number): Window =>
    new Map(Array.from({ length: 20 }, (_, i) => [`x${i}`, numeric(numbers(seed + i, 200, 0))]));
  const findings = compareWindows(window(1), window(1001)).features.flatMap((feature) => feature.findings);
  const loudest = findings.toSorted((a, b) => a.p - b.p)[0];
  expect(findings).toHaveLength(20);
  expect(loudest?.adjustedP).toBeCloseTo(Math.min(1, (loudest?.p ?? 0) * 20), 12);
});

test("columns of one window alone are left out, and rows are counted with the missing ones", () => {
  const report = compareWindows(
    new Map([
      ["old", category({ a: 3 })],
      ["both", category({ a: 2 }, 1)],
    ]),
    new Map([
      ["both", category({ a: 4 }, 3)],
      ["new", category({ a: 7 })],
    ]),
  );
  expect(report.features.map(({ feature }) => feature)).toEqual(["both"]);
  expect(report.rows).toEqual({ reference: 3, current: 7 });
});

test("every setting that cannot be is named at once", () => {
  const settings = { alpha: 2, thresholds: { psi: { warn: 0.3, alarm: 0.1 }, missing: { warn: 0, alarm: 1 } } };
  expect(() => compareWindows(new Map(), new Map(), settings)).toThrow(
    [
      "alpha: saw 2; allowed is above 0, below 1",
      'thresholds.psi: saw {"warn":0.3,"alarm":0.1}; allowed is 0 < warn ≤ alarm',
      'thresholds.missing: saw {"warn":0,"alarm":1}; allowed is 0 < warn ≤ alarm',
    ].join("\n"),
  );
});

test("a text or a number that is none has no place in a column of numbers", () => {
  expect(() => columnOf([1, "two"], "number")).toThrow('saw "two"');
  expect(() => columnOf([Number.NaN], "number")).toThrow("finite numbers");
});

describe("over periods", () => {
  /** `A` is above a threshold, `c` is calm, `-` is neither. */
  const drifts = (periods: string): string => {
    let state = NO_PERIODS;
    return [...periods]
      .map((period) => {
        state = stepHysteresis(state, { above: period === "A", calm: period === "c" });
        return state.drifting ? "!" : ".";
      })
      .join("");
  };

  test.each([
    ["AAccc", "....."],
    ["AAAcc", "..!!!"],
    ["AAAccc", "..!!!."],
    ["AcAcA", "....!"],
    ["AccAccAcc", "........."],
    ["AAAcc-cc", "..!!!!!!"],
    ["AAAcccAA", "..!!!..."],
    ["AAAcccAAA", "..!!!...!"],
  ])("%s drifts in %s", (periods, expected) => {
    expect(drifts(periods)).toBe(expected);
  });
});

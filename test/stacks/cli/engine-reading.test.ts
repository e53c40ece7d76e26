import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { editYaml } from "../../../stacks/cli/edit-yaml.ts";
import { parseYaml } from "../../../stacks/cli/parse-yaml.ts";
import { refusedHere, sameReading } from "./engine-texts.ts";
import { lostNotes, oddFile, oddText, withRelease } from "./odd-yaml.ts";
import { plainData } from "./plain-data.ts";

interface Reading {
  readonly text: string;
  readonly error?: string;
  readonly document?: unknown;
}

/** How the engine reads each text, written down by `npm run bench:yaml -- --record`. */
const readings: readonly Reading[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "engine-readings.json"), "utf8"),
);

const named = (each: readonly Reading[]) => each.map((reading) => [JSON.stringify(reading.text), reading] as const);

test("there is a reading of every text", () => {
  expect(readings.map(({ text }) => text)).toEqual([...sameReading, ...refusedHere]);
});

test.each(named(readings.filter(({ text, error }) => error === undefined && !refusedHere.includes(text))))(
  "%s is the same data to the engine and here",
  (_, { text, document }) => {
    const { data, problems } = parseYaml(text);
    expect(problems).toEqual([]);
    expect(plainData(data)).toEqual(document);
  },
);

test.each(named(readings.filter(({ text, error }) => error !== undefined || refusedHere.includes(text))))(
  "%s is refused with its place and one sentence",
  (_, { text }) => {
    const { data, problems } = parseYaml(text);
    expect(data).toBeUndefined();
    const [first] = problems;
    const lines = text.split(/\n/);
    expect(first?.message).toMatch(/^[^\n]{10,}$/);
    expect(first?.line).toBeGreaterThanOrEqual(1);
    expect(first?.line).toBeLessThanOrEqual(lines.length);
    expect(first?.column).toBeGreaterThanOrEqual(1);
    expect(first?.column).toBeLessThanOrEqual((lines[(first?.line ?? 1) - 1] ?? "").length + 1);
  },
);

test("any edit of an odd file says what is meant, in the whole file, and keeps the comments of what stays", () => {
  fc.assert(
    fc.property(oddFile, (file) => {
      const before = parseYaml(file.text);
      fc.pre(before.problems.length === 0);
      const edited = editYaml(file.text, ["config", "model-lifecycle:release"], file.after);
      const { data, problems } = parseYaml(edited);
      expect(problems).toEqual([]);
      expect(data).toEqual(withRelease(before.data, file.after));
      expect(lostNotes(file, edited), edited).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("whatever a text is, it is data or has a problem with a place", () => {
  fc.assert(
    fc.property(fc.oneof(oddText, fc.string({ unit: "binary" })), (text) => {
      const { data, problems } = parseYaml(text);
      expect(data === undefined).toBe(problems.length > 0);
    }),
    { numRuns: 300 },
  );
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Duration,
  parseDuration,
  parsePercent,
  parsePoints,
  parseRelative,
  parseShare,
  parseTimestamp,
  renderPercent,
} from "../../components/release/index.ts";
import { timestamps } from "./arbitrary-release.ts";

describe("shares", () => {
  test("per cent become whole basis points", () => {
    expect(parsePercent("0%")).toBe(0);
    expect(parsePercent("0.29%")).toBe(29);
    expect(parsePercent("33.33%")).toBe(3333);
    expect(parsePercent("100%")).toBe(10_000);
  });

  test("every share in basis points survives being written and read", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (basisPoints) => {
        expect(parsePercent(renderPercent(basisPoints))).toBe(basisPoints);
      }),
    );
  });

  test("points are differences of shares and per cent are ratios", () => {
    expect(parsePoints("0.5pp")).toBe(0.005);
    expect(parseRelative("20%")).toBe(0.2);
    expect(parseRelative("150%")).toBe(1.5);
    expect(parseShare("0.80")).toBe(0.8);
  });
});

describe("durations", () => {
  test.each<[Duration, number]>([
    ["50 ms", 50],
    ["1 second", 1000],
    ["10 seconds", 10_000],
    ["5 minutes", 300_000],
    ["2 hours", 7_200_000],
    ["3 days", 259_200_000],
  ])("%s", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test("an unknown unit throws", () => {
    expect(() => parseDuration("5 moons" as Duration)).toThrow('"5 moons" is not a duration such as "5 minutes"');
  });
});

describe("timestamps", () => {
  test("every second of the calendar is read as the moment it names", () => {
    fc.assert(
      fc.property(timestamps(), (text) => {
        expect(new Date(parseTimestamp(text)).toISOString()).toBe(text.replace("Z", ".000Z"));
      }),
    );
  });

  test.each(["2027-02-29T00:00:00Z", "2027-04-31T00:00:00Z", "2027-01-01T24:00:00Z", "2027-01-01", "soon"])(
    "%s names no moment",
    (text) => {
      expect(parseTimestamp(text)).toBeNaN();
    },
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { isCanonical } from "../../components/evidence/canonical-json.ts";
import { canonicalJson } from "../../components/evidence/index.ts";

test("RFC 8785's example has the text that the RFC gives it", () => {
  const example: unknown = JSON.parse(
    '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
  );
  expect(canonicalJson(example)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test("keys are sorted by UTF-16 code units, as in RFC 8785, 3.2.3", () => {
  const keys = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"];
  const sorted = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\u{1f600}", "\ufb33"];
  const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])));
  expect(text).toBe(`{${sorted.map((key) => `${JSON.stringify(key)}:0`).join(",")}}`);
});

test.each([
  [{ a: Number.NaN }, "saw the number NaN"],
  [[Number.POSITIVE_INFINITY], "saw the number Infinity"],
  ["\ud800", "saw half a surrogate pair"],
])("%o has no canonical text", (value, says) => {
  expect(() => canonicalJson(value)).toThrow(says);
});

test("what is nested to exhaust its reader is refused, not followed", () => {
  const deep: unknown = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
  expect(() => canonicalJson(deep)).toThrow("saw more than 32 levels");
});

/** As it comes from a file: -0 is 0 there. */
const data = fc
  .jsonValue({ maxDepth: 4, stringUnit: "grapheme" })
  .map((value): unknown => JSON.parse(JSON.stringify(value)));

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversed(each)]),
  );
};

test("the text says what the data says, in whatever order its keys stand and however it is set", () => {
  fc.assert(
    fc.property(data, (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(value);
      expect(canonicalJson(reversed(value))).toBe(text);
      expect(isCanonical(JSON.stringify(JSON.parse(text), undefined, 2), value)).toBe(true);
    }),
  );
});

test.each(['{"a":1,"a":2}', '{"b":1,"a":2}', '{"a":1.0}', '{"a":"\\u0041"}'])(
  "%s is another text of its data",
  (text) => {
    expect(isCanonical(text, JSON.parse(text))).toBe(false);
  },
);

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, parseEvidence, verifyEvidence } from "../../components/evidence/index.ts";
import { exampleDocument } from "./example.ts";
import { leavesOf, type Way, withValue } from "./leaves.ts";

const sound = exampleDocument({ fails: true });

const problemsOf = (document: unknown): readonly string[] =>
  parseEvidence(canonicalJson(document)).problems.map(({ path, seen, allowed }) => `${path}: ${seen}; ${allowed}`);

const interval = (...way: Way): Way => ["intervals", 1, ...way];
const errorRate = (name: string): Way => interval("counts", "errorRate", name);

const damages: readonly { readonly what: string; readonly way: Way; readonly value: unknown; readonly path: string }[] =
  [
    { what: "a negative count", way: errorRate("n0"), value: -1, path: "evidence.intervals[1].counts.errorRate.n0" },
    { what: "no number", way: errorRate("n0"), value: null, path: "evidence.intervals[1].counts.errorRate.n0" },
    {
      what: "more events than units",
      way: errorRate("x1"),
      value: 1e6,
      path: "evidence.intervals[1].counts.errorRate.x1",
    },
    {
      what: "a list where one event is counted",
      way: errorRate("x1"),
      value: [1],
      path: "evidence.intervals[1].counts.errorRate.x1",
    },
    {
      what: "a number where rungs are counted",
      way: interval("counts", "latency", "x0"),
      value: 1,
      path: "evidence.intervals[1].counts.latency.x0",
    },
    {
      what: "more numbers than rungs",
      way: interval("counts", "latency", "x0"),
      value: Array(12).fill(0),
      path: "evidence.intervals[1].counts.latency.x0",
    },
    {
      what: "a guard of no settings",
      way: interval("counts", "mood"),
      value: { n0: 1, x0: 0, n1: 1, x1: 0 },
      path: "evidence.intervals[1].counts.mood",
    },
    {
      what: "an interval of negative length",
      way: interval("seconds"),
      value: -60,
      path: "evidence.intervals[1].seconds",
    },
    { what: "a moment that no date can name", way: interval("at"), value: 1e300, path: "evidence.intervals[1].at" },
    { what: "half a step", way: interval("step"), value: 0.5, path: "evidence.intervals[1].step" },
    { what: "an interval before the one before", way: interval("at"), value: 0, path: "evidence.intervals[1].at" },
    { what: "an interval that overlaps", way: interval("seconds"), value: 61, path: "evidence.intervals[2].at" },
    { what: "another method", way: ["method"], value: 1, path: "evidence.method" },
    { what: "another format", way: ["format"], value: 2, path: "evidence.format" },
    { what: "no hash", way: ["hash"], value: "md5:1", path: "evidence.hash" },
    { what: "a number in quotes", way: ["settings", "alpha"], value: "0.01", path: "evidence.settings.alpha" },
    { what: "an alpha that is no chance", way: ["settings", "alpha"], value: 2, path: "evidence.settings" },
    {
      what: "a kind of guard that is none",
      way: ["settings", "guards", 0, "kind"],
      value: "mood",
      path: "evidence.settings.guards[0].kind",
    },
    {
      what: "a margin below 0",
      way: ["settings", "guards", 0, "margin", "value"],
      value: -1,
      path: "evidence.settings.guards[0]",
    },
    {
      what: "a name that is used twice",
      way: ["settings", "guards", 1, "name"],
      value: "errorRate",
      path: "evidence.settings.guards",
    },
    {
      what: "steps that would take all memory",
      way: ["settings", "steps"],
      value: 1e12,
      path: "evidence.settings.steps",
    },
    { what: "no guards", way: ["settings", "guards"], value: [], path: "evidence.settings.guards" },
    { what: "no verdict", way: ["verdict", "verdict"], value: 1, path: "evidence.verdict.verdict" },
    {
      what: "a culprit that is not stated",
      way: ["verdict", "evidence", "culprit"],
      value: undefined,
      path: "evidence.verdict.evidence.culprit",
    },
    {
      what: "a guard whose evidence is not stated",
      way: ["verdict", "evidence", "guards"],
      value: [],
      path: "evidence.verdict.evidence.guards",
    },
    {
      what: "a candidate that is no text",
      way: ["rollout", "candidate"],
      value: { toString: 1 },
      path: "evidence.rollout.candidate",
    },
  ];

describe("a damaged document is not judged", () => {
  test.each(damages)("$what", ({ way, value, path }) => {
    const paths = parseEvidence(canonicalJson(withValue(sound, way, value))).problems.map((each) => each.path);
    expect(paths).toContain(path);
  });
});

test("every problem is told at once, each with what was seen and what is allowed", () => {
  const apart = damages.filter(({ path }) => /n0|x1|format|hash|step$/.test(path)).slice(1);
  const document = apart.reduce((damaged, { way, value }) => withValue(damaged, way, value), sound);
  const problems = problemsOf(document);
  for (const { path } of apart) expect(problems.join("\n")).toContain(`${path}: `);
  expect(problems).toContain("evidence.intervals[1].step: 0.5 (a number); a whole number from 0");
  expect(problems).toContain("evidence.format: 2 (a number); 1");
});

test.each([
  ["", 'evidence: ""; a document of evidence in JSON'],
  ['{"a":NaN}', 'evidence: "{\\"a\\":NaN}"; a document of evidence in JSON'],
  ["[]", "evidence: an empty list; a document of evidence"],
])("%j is no document", (text, says) => {
  expect(parseEvidence(text).problems.map(({ path, seen, allowed }) => `${path}: ${seen}; ${allowed}`)).toEqual([says]);
});

test("a key that stands twice is found: who reads the first would not see what is judged", () => {
  const text = canonicalJson(sound);
  expect(parseEvidence(text.replace('"beta":0.05', '"beta":0.5,"beta":0.05')).problems).toMatchObject([
    { path: "evidence", seen: '"another text of the same data"' },
  ]);
});

test("a number beyond all numbers is a problem where it stands", () => {
  const text = canonicalJson(sound).replace(/"seconds":60/, '"seconds":1e999');
  expect(parseEvidence(text).problems.map(({ path }) => path)).toEqual(["evidence", "evidence.intervals[0].seconds"]);
});

test("intervals that bring late counts have no length, and stand at any time", () => {
  const late = { ...sound.intervals[0], at: 0, seconds: 0 };
  expect(problemsOf({ ...sound, intervals: [...sound.intervals, late] })).toEqual([]);
});

describe("nothing makes it throw", () => {
  const leaves = leavesOf(sound);
  const hostile = fc.oneof(
    fc.constantFrom<unknown>(null, "", "NaN", -1, 1e308, 1e-320, true, [], {}, [[]], "__proto__", "\u0000<script>"),
    fc.jsonValue({ maxDepth: 3 }),
  );
  test("a hostile value in any place, or in the place of any part", () => {
    fc.assert(
      fc.property(fc.constantFrom(...leaves), fc.nat(6), hostile, ({ way }, depth, value) => {
        const text = JSON.stringify(withValue(sound, way.slice(0, Math.max(1, way.length - depth)), value));
        const { document } = parseEvidence(text);
        if (document !== undefined) verifyEvidence(document);
      }),
      { numRuns: 150 },
    );
  });
  test("any JSON, and a name from the language", () => {
    fc.assert(fc.property(fc.json(), (text) => parseEvidence(text).problems.length > 0));
    const text = canonicalJson(sound).replaceAll('"errorRate"', '"__proto__"');
    expect(() => parseEvidence(text)).not.toThrow();
  });
  test.each(["settings", "intervals", "verdict", "rollout", "more"])("a hundred thousand levels in %s", (name) => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const { [name as "hash"]: _, ...rest } = sound;
    const text = `{${JSON.stringify(name)}:${deep},${JSON.stringify(rest).slice(1)}`;
    expect(parseEvidence(text).problems.map(({ path }) => path)).toContain("evidence");
  });
});

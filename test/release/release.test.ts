import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRelease } from "../../components/release/index.ts";
import { releases } from "./arbitrary-release.ts";
import { edited, exampleRelease, sha256 } from "./example-release.ts";

test("a minimal document gets every default", () => {
  const release = parseRelease({
    model: { name: "sentiment", owner: "nlp-platform", riskTier: "high" },
    platform: { kind: "local" },
    versions: { v1: { source: { kind: "path", path: "models/v1", sha256 } } },
    rollout: { stable: "v1" },
  });
  expect(release).toEqual({
    model: { name: "sentiment", owner: "nlp-platform", riskTier: "high" },
    noticeMs: 90 * 86_400_000,
    platform: { kind: "local", deadlineMs: 30_000 },
    versions: {
      v1: { source: { kind: "path", path: "models/v1", content: sha256 }, checks: { floor: {} }, deployed: true },
    },
    rollout: {
      stable: "v1",
      attempt: "1",
      steps: [500, 2500, 5000, 10_000].map((weight) => ({ kind: "weight", weight })),
      advance: "automatic",
      guards: [],
      guardIndexes: [],
      holdBack: 500,
      harmBudget: 100,
      warmUpMs: 30_000,
      bakeMs: 60_000,
      maxDurationMs: 86_400_000,
      onInconclusive: "hold",
      alpha: 0.01,
      beta: 0.05,
    },
    retirement: {},
    archive: { kind: "local" },
    monitor: { kind: "prometheus", as: "files", selectedBy: {}, objective: 0.995 },
    consumers: [],
    origin: "model-lifecycle:release",
  });
});

test("units become numbers and guards get what their metric implies", () => {
  const rollout = {
    stable: "v1",
    candidate: "v2",
    weight: "shadow",
    attempt: "3",
    guards: [
      { metric: "errorRate", margin: "0.5pp" },
      { metric: "latency", margin: "20%" },
      { metric: "positiveRate", margin: "5pp", designEffect: "2.5" },
      { metric: "accuracy", margin: "3%", direction: "decrease", source: "feedback" },
    ],
    bake: "2 minutes",
    sticky: { header: "X-Session-Id" },
  };
  const platform = { kind: "local", port: "8080", adminPort: "8081" };
  const document = edited(edited(exampleRelease(), ["rollout"], rollout), ["platform"], platform);
  const resolved = parseRelease(document);
  expect(resolved.rollout).toMatchObject({
    weight: { kind: "shadow" },
    attempt: "3",
    bakeMs: 120_000,
    stickyHeader: "x-session-id",
  });
  // Of the share of refusals, which it brings along, the place of the error rate.
  expect(resolved.rollout.guardIndexes).toEqual([0, 0, 1, 2, 3]);
  expect(resolved.rollout.guards).toEqual([
    {
      metric: "errorRate",
      source: "requests",
      direction: "increase",
      margin: { kind: "absolute", value: 0.005 },
      designEffect: 1,
    },
    {
      metric: "refusalRate",
      source: "requests",
      direction: "increase",
      margin: { kind: "absolute", value: 0.005 },
      designEffect: 1,
    },
    {
      metric: "latency",
      source: "requests",
      direction: "increase",
      margin: { kind: "relative", value: 0.2 },
      designEffect: 1,
    },
    {
      metric: "positiveRate",
      source: "feedback",
      direction: "either",
      margin: { kind: "absolute", value: 0.05 },
      designEffect: 2.5,
      maturesMs: 60_000,
    },
    {
      metric: "accuracy",
      source: "feedback",
      direction: "decrease",
      margin: { kind: "relative", value: 0.03 },
      designEffect: 1,
      maturesMs: 60_000,
    },
  ]);
  expect(resolved.platform).toEqual({ kind: "local", port: 8080, adminPort: 8081, deadlineMs: 30_000 });
  expect(resolved.versions.v2?.checks).toEqual({
    golden: "models/v2/golden.jsonl",
    floor: { accuracy: 0.8 },
    latencyMs: 50,
  });
});

test("a retired version is not deployed; a deprecated or archived one is", () => {
  const deployed = (phase: string) =>
    parseRelease(edited(exampleRelease(), ["retirement", "v3", "phase"], phase)).versions.v3?.deployed;
  expect([deployed("deprecated"), deployed("archived"), deployed("retired")]).toEqual([true, true, false]);
});

test("the notice of a retired version outlives the version's entry", () => {
  const retired = edited(exampleRelease(), ["retirement", "v3", "phase"], "retired");
  expect(parseRelease(edited(retired, ["versions", "v3"], undefined)).retirement.v3?.successor).toBe("v1");
});

test("a key that a program left undefined is as good as absent", () => {
  const document = exampleRelease();
  const rollout = { stable: "v1", candidate: undefined, weight: undefined, previous: undefined };
  const resolved = parseRelease({ ...document, rollout });
  expect(Object.keys(resolved.rollout)).not.toContain("candidate");
});

test("parsing does not touch the document, and what it gives can stand in JSON", () => {
  fc.assert(
    fc.property(releases(), (release) => {
      const before = structuredClone(release);
      const resolved = parseRelease(release);
      expect(release).toEqual(before);
      expect(JSON.parse(JSON.stringify(resolved))).toEqual(resolved);
    }),
  );
});

test.each([
  [{ margin: "20%", designEffect: "3" }, { kind: "absolute", value: 0.005 }, 3],
  [{ margin: "2pp" }, { kind: "absolute", value: 0.02 }, 1],
])("errorRate with %j brings refusalRate along", (guard, margin, designEffect) => {
  const document = edited(exampleRelease(), ["rollout", "guards"], [{ metric: "errorRate", ...guard }]);
  const [, refusals, ...others] = parseRelease(document).rollout.guards;
  expect(refusals).toEqual({
    metric: "refusalRate",
    source: "requests",
    direction: "increase",
    margin,
    designEffect,
  });
  expect(others).toEqual([]);
});

test.each([
  ["2.50", "0 to 500", { kind: "absolute", value: 2.5 }, { least: 0, most: 500 }],
  ["5%", "0.5 to 12.75", { kind: "relative", value: 0.05 }, { least: 0.5, most: 12.75 }],
  ["0.0001", "-1 to -0", { kind: "absolute", value: 0.0001 }, { least: -1, most: 0 }],
])("a margin of %s beside a range of %s is one of a mean", (margin, range, readMargin, readRange) => {
  const guards = [{ metric: "revenue", margin, range }];
  expect(parseRelease(edited(exampleRelease(), ["rollout", "guards"], guards)).rollout.guards).toEqual([
    {
      metric: "revenue",
      source: "feedback",
      direction: "either",
      margin: readMargin,
      designEffect: 1,
      maturesMs: 60_000,
      range: readRange,
    },
  ]);
});

test("a refusalRate that the document names is the only one", () => {
  const guards = [
    { metric: "errorRate", margin: "1pp" },
    { metric: "refusalRate", margin: "3pp" },
  ];
  const resolved = parseRelease(edited(exampleRelease(), ["rollout", "guards"], guards)).rollout.guards;
  expect(resolved.map(({ metric, margin }) => [metric, margin.value])).toEqual([
    ["errorRate", 0.01],
    ["refusalRate", 0.03],
  ]);
});

test("a business metric whose name looks like a known one says that it arrives as feedback", () => {
  const guards = [{ metric: "errors", margin: "1pp", source: "feedback" }];
  const [guard] = parseRelease(edited(exampleRelease(), ["rollout", "guards"], guards)).rollout.guards;
  expect(guard).toMatchObject({ metric: "errors", source: "feedback", direction: "either" });
});

test.each([
  ["low", 7],
  ["medium", 30],
  ["high", 90],
] as const)("a %s risk model gives %i days of notice, unless the document says less", (riskTier, days) => {
  const document = edited(exampleRelease(), ["model", "riskTier"], riskTier);
  expect(parseRelease(document).noticeMs).toBe(days * 86_400_000);
  expect(parseRelease(edited(document, ["model", "notice"], "2 hours")).noticeMs).toBe(7_200_000);
});

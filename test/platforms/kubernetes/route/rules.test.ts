import fc from "fast-check";
import { expect, test } from "vitest";
import type { RouteRule } from "../../../../components/platforms/kubernetes/route/http-route.ts";
import type { RouteOrder } from "../../../../components/platforms/kubernetes/route/order.ts";
import { rulesOf, splitIn } from "../../../../components/platforms/kubernetes/route/rules.ts";
import { type Split, splitOf } from "../../../../components/platforms/kubernetes/route/split.ts";
import { canaryPlan } from "../../../support/plans.ts";
import { answerBy } from "../route-follower.ts";
import { orderOf } from "./orders.ts";

const dividing = (rules: readonly RouteRule[]) =>
  (rules.at(-1)?.backendRefs ?? []).map(({ name, weight }) => ({ name, weight }));

test("every deployed version has a rule of its own, and a place in the one that divides the rest", () => {
  const rules = rulesOf(orderOf(), { shares: { v1: 9500, v2: 500 } });
  expect(rules).toEqual([
    {
      matches: [
        {
          path: { type: "PathPrefix", value: "/" },
          headers: [{ type: "Exact", name: "x-model-version", value: "v1" }],
        },
      ],
      backendRefs: [{ name: "sentiment-v1-11111111", port: 80, filters: [answersAs("v1")], weight: 1 }],
      timeouts: { request: "2s500ms" },
    },
    {
      matches: [
        {
          path: { type: "PathPrefix", value: "/" },
          headers: [{ type: "Exact", name: "x-model-version", value: "v2" }],
        },
      ],
      backendRefs: [{ name: "sentiment-v2-22222222", port: 80, filters: [answersAs("v2")], weight: 1 }],
      timeouts: { request: "2s500ms" },
    },
    {
      matches: [{ path: { type: "PathPrefix", value: "/" } }],
      backendRefs: [
        { name: "sentiment-v1-11111111", port: 80, filters: [answersAs("v1")], weight: 9500 },
        { name: "sentiment-v2-22222222", port: 80, filters: [answersAs("v2")], weight: 500 },
      ],
      timeouts: { request: "2s500ms" },
    },
  ]);
});

test("who names a version reaches it by the Service that has its name; what is drawn for it does not", () => {
  const { variants, ...order } = orderOf();
  const named = Object.entries(variants).map(([version, port]) => [
    version,
    { ...port, named: `sentiment-${version}-named` },
  ]);
  const rules = rulesOf({ ...order, variants: Object.fromEntries(named) }, { shares: { v1: 10_000 } });
  expect(rules.map(({ backendRefs = [] }) => backendRefs.map(({ name }) => name))).toEqual([
    ["sentiment-v1-named"],
    ["sentiment-v2-named"],
    ["sentiment-v1-11111111", "sentiment-v2-22222222"],
  ]);
});

test("copies go to the candidate, which keeps weight 0", () => {
  const rules = rulesOf(orderOf(), { shares: { v1: 10_000 }, mirrored: "v2" });
  expect(rules.at(-1)?.filters).toEqual([
    { type: "RequestMirror", requestMirror: { backendRef: { name: "sentiment-v2-22222222", port: 80 } } },
  ]);
  expect(dividing(rules)).toEqual([
    { name: "sentiment-v1-11111111", weight: 10_000 },
    { name: "sentiment-v2-22222222", weight: 0 },
  ]);
});

test("a version on its way out says so in each answer, in the one filter that a backend may have", () => {
  const notices = { v1: { phase: "deprecated", sunset: "2027-05-31T00:00:00Z", successor: "v2" } } as const;
  const order = orderOf(canaryPlan({ notices }));
  const [first] = rulesOf(order, { shares: { v1: 10_000 } }, { deprecatedSince: { v1: 1_790_000_000 } });
  expect(first?.backendRefs?.[0]?.filters).toEqual([
    {
      type: "ResponseHeaderModifier",
      responseHeaderModifier: {
        set: [
          { name: "x-model-version", value: "v1" },
          { name: "deprecation", value: "@1790000000" },
          { name: "sunset", value: "Mon, 31 May 2027 00:00:00 GMT" },
          { name: "link", value: '</v2/models/sentiment/versions/v2>; rel="successor-version"' },
        ],
      },
    },
  ]);
});

test("where a gateway does not honour filters of a backend, none is written", () => {
  const order = orderOf();
  const rules = rulesOf({ ...order, gateway: { ...order.gateway, backendFilters: false } }, { shares: { v1: 10_000 } });
  expect(rules.flatMap(({ backendRefs = [] }) => backendRefs).filter(({ filters }) => filters !== undefined)).toEqual(
    [],
  );
});

test("retired versions are sent to what answers 410, by their names", () => {
  const notices = { v0: { phase: "retired", sunset: "2027-05-31T00:00:00Z", successor: "v2" } } as const;
  const order = { ...orderOf(canaryPlan({ notices })), gone: { service: "sentiment-gone", port: 80 } };
  const rules = rulesOf(order, { shares: { v1: 10_000 } });
  expect(rules[2]).toEqual({
    matches: [
      { path: { type: "PathPrefix", value: "/" }, headers: [{ type: "Exact", name: "x-model-version", value: "v0" }] },
    ],
    backendRefs: [{ name: "sentiment-gone", port: 80, weight: 1 }],
  });
});

test("where a gateway matches patterns, who names a version that never was is sent there too, and the rest is divided last", () => {
  const { gateway, ...order } = { ...orderOf(), gone: { service: "sentiment-gone", port: 80 } };
  const rules = rulesOf({ ...order, gateway: { ...gateway, headerPatterns: true } }, { shares: { v1: 10_000 } });
  expect(rules).toHaveLength(4);
  expect(rules[2]).toEqual({
    matches: [
      {
        path: { type: "PathPrefix", value: "/" },
        headers: [{ type: "RegularExpression", name: "x-model-version", value: ".+" }],
      },
    ],
    backendRefs: [{ name: "sentiment-gone", port: 80, weight: 1 }],
  });
  expect(dividing(rules)).toHaveLength(2);
  const pinned = ["v1", "v2", "v9", undefined].map(
    (version) => answerBy(rules, { ...order, gateway }, version, () => 0).version,
  );
  expect(pinned).toEqual(["v1", "v2", undefined, "v1"]);
});

test("what does not fit into a route is refused, with what to do", () => {
  const names = Array.from({ length: 16 }, (_, i) => `v${i}`);
  const versions = Object.fromEntries(names.map((name) => [name, { content: "1".repeat(64) }]));
  const order = orderOf(canaryPlan({ stable: "v0", candidate: "v1", versions }));
  expect(() => rulesOf(order, { shares: { v0: 10_000 } })).toThrow(
    "17 rules for 16 versions; a route has 16 at most. Retire a version",
  );
});

test("a backend keeps its place when versions come and go", () => {
  const { variants, ...order } = orderOf();
  const before = rulesOf(
    { ...order, variants: { v2: variants.v2 ?? none(), v3: { service: "three", port: 80 } } },
    { shares: { v2: 10_000 } },
  );
  const after = rulesOf({ ...order, variants }, { shares: { v1: 9000, v2: 1000 } }, { before });
  expect(dividing(after)).toEqual([
    { name: "sentiment-v2-22222222", weight: 1000 },
    { name: "sentiment-v1-11111111", weight: 9000 },
  ]);
});

test("what rules say of the division is what they were written for, whatever stood there before", () => {
  fc.assert(
    fc.property(splits(), splits(), (split, earlier) => {
      const before = rulesOf(orderOf(), earlier);
      const rules = rulesOf(orderOf(), split, { before });
      expect(splitIn(orderOf(), rules)).toEqual(split);
      expect(dividing(rules).map(({ name }) => name)).toEqual(dividing(before).map(({ name }) => name));
      expect(dividing(rules).reduce((sum, { weight = 0 }) => sum + weight, 0)).toBe(10_000);
    }),
  );
});

test.each([
  ["a backend that is none of the model's", [{ backendRefs: [{ name: "other", port: 80, weight: 1 }] }]],
  ["no backend", [{ matches: [{ path: { type: "PathPrefix", value: "/" } }] }]],
  ["weights of 0 alone", [{ backendRefs: [{ name: "sentiment-v1-11111111", port: 80, weight: 0 }] }]],
  [
    "a rule for some requests alone",
    [
      {
        matches: [{ path: { type: "PathPrefix", value: "/a" } }],
        backendRefs: [{ name: "sentiment-v1-11111111", port: 80 }],
      },
    ],
  ],
  ["no rule", []],
] as const)("rules with %s are not ours", (_, rules) => {
  expect(splitIn(orderOf(), rules)).toBeUndefined();
});

test("weights that somebody wrote in other parts are read as shares", () => {
  const backendRefs = [
    { name: "sentiment-v1-11111111", port: 80, weight: 3 },
    { name: "sentiment-v2-22222222", port: 80, weight: 1 },
  ];
  expect(splitIn(orderOf(), [{ backendRefs }])).toEqual({ shares: { v1: 7500, v2: 2500 } });
});

test.each([
  ["a step", { weight: 500, shadowing: false }, { shares: { v1: 9500, v2: 500 } }],
  ["copies", { weight: 0, shadowing: true }, { shares: { v1: 10_000 }, mirrored: "v2" }],
  ["everything", { weight: 10_000, shadowing: false }, { shares: { v2: 10_000 } }],
  ["nothing", { weight: 0, shadowing: false }, { shares: { v1: 10_000 } }],
] as const)("%s of the rollout is a split", (_, part, split) => {
  expect(splitOf({ plan: canaryPlan(), stable: "v1", ...part })).toEqual(split);
});

const answersAs = (version: string) => ({
  type: "ResponseHeaderModifier",
  responseHeaderModifier: { set: [{ name: "x-model-version", value: version }] },
});

const splits = (): fc.Arbitrary<Split> =>
  fc
    .tuple(fc.integer({ min: 0, max: 10_000 }), fc.boolean())
    .map(([weight, shadowing]) =>
      splitOf({ plan: canaryPlan(), stable: "v1", weight: shadowing ? 0 : weight, shadowing }),
    );

function none(): RouteOrder["variants"][string] {
  throw new Error("the order of the tests has two versions");
}

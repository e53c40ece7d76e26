import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Guard } from "../../components/release/resolved.ts";
import type { TrafficPlan } from "../../components/traffic/plan.ts";
import { abortedTraffic, exampleTraffic } from "../../policies/example-traffic.ts";
import { candidateHasGuard, corePack, renderCatalogue, renderFinding } from "../../policies/index.ts";

const packs = [corePack];
const rules = [...new Set(packs.flatMap((pack) => pack.rules))];

test("the core pack holds exactly these rules", () => {
  expect(corePack.rules.map(({ id }) => id)).toEqual(["candidate-has-guard"]);
});

test("every file under policies/rules is a rule of a pack, by its id", () => {
  const files = readdirSync("policies/rules").map((file) => file.replace(/\.ts$/, ""));
  expect(rules.map(({ id }) => id).sort()).toEqual(files.sort());
});

test("docs/policies.md is what the rules say", async () => {
  await expect(renderCatalogue(packs)).toMatchFileSnapshot("../../docs/policies.md");
});

test("the pack that an engine loads has the package's version", () => {
  const versionIn = (path: string) => JSON.parse(readFileSync(path, "utf8")).version;
  expect(versionIn("policies/pack/package.json")).toBe(versionIn("package.json"));
});

describe.each(rules)("$id", (rule) => {
  test.each(rule.examples.good)("passes: $name", ({ traffic }) => {
    expect(rule.check(traffic)).toEqual([]);
  });

  test.each(rule.examples.bad)("refuses: $name", ({ traffic }) => {
    const findings = rule.check(traffic);
    expect(findings).not.toEqual([]);
    for (const { path, seen, cause, cure } of findings) {
      expect([path, seen, cause, cure].filter((text) => text.trim() === "")).toEqual([]);
    }
  });

  test("passes every plan that an abort or a rollback leaves behind", () => {
    fc.assert(
      fc.property(traffic(), (plan) => {
        expect(rule.check(abortedTraffic(plan))).toEqual([]);
      }),
    );
  });

  test("passes every candidate whose weight is taken to 0", () => {
    fc.assert(
      fc.property(traffic(), (plan) => {
        expect(rule.check({ ...plan, weight: 0 })).toEqual([]);
      }),
    );
  });
});

test("candidate-has-guard says what is missing, why it matters and what to write", () => {
  const traffic = { ...exampleTraffic, weight: 500, rollout: { ...exampleTraffic.rollout, guards: [] } };
  expect(candidateHasGuard.check(traffic).map(renderFinding)).toEqual([
    [
      "rollout.guards",
      "  seen:    no guard",
      "  cause:   candidate v2 of sentiment may get 5% of the traffic, and nothing would stop it if it does harm",
      '  do this: add a guard, such as { metric: errorRate, margin: "0.5pp" }, or take the candidate back with mlc abort',
    ].join("\n"),
  ]);
});

test("candidate-has-guard refuses a plan exactly when its candidate has a weight and no guard", () => {
  fc.assert(
    fc.property(traffic(), (plan) => {
      const unguarded = plan.candidate !== undefined && plan.weight > 0 && plan.rollout.guards.length === 0;
      expect(candidateHasGuard.check(plan).length).toBe(unguarded ? 1 : 0);
    }),
  );
});

function traffic(): fc.Arbitrary<TrafficPlan> {
  const guard: fc.Arbitrary<Guard> = fc.record({
    metric: fc.constantFrom("errorRate", "latency", "positiveRate"),
    source: fc.constantFrom("requests", "feedback"),
    direction: fc.constantFrom("increase", "decrease", "either"),
    margin: fc.record({ kind: fc.constantFrom("absolute", "relative"), value: fc.double({ min: 0, max: 1 }) }),
    designEffect: fc.double({ min: 1, max: 10, noNaN: true }),
  });
  const { candidate: _, ...withoutCandidate } = exampleTraffic;
  return fc
    .record({
      candidate: fc.option(fc.constantFrom("v2", "v3"), { nil: undefined }),
      weight: fc.integer({ min: 0, max: 10_000 }),
      shadow: fc.boolean(),
      advance: fc.constantFrom("automatic", "manual"),
      guards: fc.array(guard, { maxLength: 2 }),
    })
    .map(({ candidate, weight, shadow, advance, guards }) => ({
      ...withoutCandidate,
      ...(candidate === undefined ? {} : { candidate }),
      weight,
      shadow,
      rollout: { ...exampleTraffic.rollout, advance, guards },
    }));
}

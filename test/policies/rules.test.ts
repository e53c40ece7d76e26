import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Guard } from "../../components/release/resolved.ts";
import type { TrafficPlan } from "../../components/traffic/plan.ts";
import {
  type AnyRule,
  archivedVersionIsKept,
  archiveIsLocked,
  candidateHasGuard,
  corePack,
  createPolicy,
  judge,
  type Rule,
  recordsPack,
  renderCatalogue,
  renderFinding,
} from "../../policies/index.ts";
import { subjects } from "../../policies/subjects/index.ts";
import { abortedTraffic, exampleTraffic } from "../../policies/subjects/traffic.ts";
import { factsIn, subjectOf } from "../../policies/verdict.ts";

const packs = [corePack, recordsPack];
const rules: readonly AnyRule[] = [...new Set(packs.flatMap((pack): readonly AnyRule[] => pack.rules))];

test("the core pack holds exactly these rules", () => {
  expect(corePack.rules.map(({ id }) => id)).toEqual(["candidate-has-guard"]);
});

test("the records pack holds exactly these rules, as advice", () => {
  expect(recordsPack.rules.map(({ id }) => id)).toEqual(["archived-version-is-kept", "archive-is-locked"]);
  expect(recordsPack.level).toBe("advisory");
});

test("every file under policies/rules is a rule of a pack, by its subject and its id", () => {
  const files = readdirSync("policies/rules", { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  expect(rules.map((rule) => `${subjectOf(rule)}/${rule.id}.ts`).toSorted()).toEqual(files.toSorted());
});

test("docs/policies.md is what the rules say", async () => {
  await expect(renderCatalogue(packs)).toMatchFileSnapshot("../../docs/policies.md");
});

test.each(["pack", "records-pack"])("the %s that an engine loads has the package's version", (folder) => {
  const versionIn = (path: string) => JSON.parse(readFileSync(path, "utf8")).version;
  expect(versionIn(`policies/${folder}/package.json`)).toBe(versionIn("package.json"));
});

describe.each(rules)("$id", (rule) => {
  const { good, bad, unjudged = [] } = rule.examples;

  test.each([...good])("passes: $name", (example) => {
    expect(judge(rule, factsIn(rule, example))).toEqual({ kind: "passes" });
  });

  test.each([...bad])("refuses: $name", (example) => {
    const verdict = judge(rule, factsIn(rule, example));
    const findings = verdict.kind === "refused" ? verdict.findings : [];
    expect(findings).not.toEqual([]);
    for (const { path, seen, cause, cure } of findings) {
      expect([path, seen, cause, cure].filter((text) => text.trim() === "")).toEqual([]);
    }
  });

  test.each([...unjudged])("does not judge, and says why: $name", (example) => {
    const verdict = judge(rule, factsIn(rule, example));
    expect(["notApplicable", "unknown"]).toContain(verdict.kind);
    expect("why" in verdict && verdict.why).toBeTruthy();
  });

  test("passes the example of its subject", () => {
    expect(judge(rule, subjects[subjectOf(rule)].example)).toEqual({ kind: "passes" });
  });
});

describe.each(corePack.rules)("$id of the core pack", (rule) => {
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

test("a rule that names no subject, as in 0.1.0, is one of traffic", () => {
  const { subject: _subject, ...rule } = candidateHasGuard;
  const own: Rule = rule;
  expect(judge(own, exampleTraffic)).toEqual({ kind: "passes" });
  expect(createPolicy(own)).toMatchObject({ name: "candidate-has-guard", enforcementLevel: "mandatory" });
});

test("archive-is-locked asks for as many days as the pack's configuration says, else for six months", () => {
  const archive = (retentionDays: number) => ({ model: "m", version: "v1", retentionDays });
  fc.assert(
    fc.property(fc.nat(5_000), fc.integer({ min: 1, max: 5_000 }), (locked, days) => {
      expect(archiveIsLocked.check(archive(locked), { days }).length).toBe(locked < days ? 1 : 0);
      expect(archiveIsLocked.check(archive(locked)).length).toBe(locked < 183 ? 1 : 0);
    }),
  );
});

test("archived-version-is-kept refuses exactly the archived and retired versions without an archive", () => {
  const verdicts = (["deprecated", "archived", "retired"] as const).flatMap((phase) =>
    (["yes", "no", "unknown"] as const).map(
      (archived) => judge(archivedVersionIsKept, { model: "m", version: "v1", phase, archived }).kind,
    ),
  );
  expect(verdicts).toEqual([
    ...["notApplicable", "notApplicable", "notApplicable"],
    ...["passes", "refused", "unknown"],
    ...["passes", "refused", "unknown"],
  ]);
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

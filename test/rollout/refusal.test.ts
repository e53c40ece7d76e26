import { expect, test } from "vitest";
import { type Contents, contentOf, ended, firstContents, serving, tried } from "../../components/rollout/contents.ts";
import { type Memory, refusalOf, stableChangeOf } from "../../components/rollout/refusal.ts";
import type { TrafficPlan } from "../../components/traffic/plan.ts";
import { canaryPlan, stablePlan } from "../support/plans.ts";

const AT = "2026-01-01T00:00:00.000Z";
const NOW = Date.parse(AT);
const DAY = 86_400_000;
const [ONE, TWO, THREE] = ["1", "2", "3"].map((digit) => digit.repeat(64)) as [string, string, string];
const three = { versions: { v1: { content: ONE }, v2: { content: TWO }, v3: { content: THREE } } };
const end = { at: AT, cause: "guard:errorRate", by: "guard:errorRate", reason: "it failed" } as const;

/** A gateway that has v1 as stable and knows of nothing else. */
const onV1: Memory = {
  plan: stablePlan(three),
  isComplete: false,
  serving: ONE,
  contents: serving({}, ONE, AT),
  ended: {},
  deprecatedSince: {},
};
const running: Memory = { ...onV1, plan: canaryPlan(three), contents: tried(onV1.contents, canaryPlan(three)) };
const aborted: Memory = {
  ...onV1,
  contents: ended(running.contents, TWO, { ...end, version: "v2", as: "candidate", attempt: 1 }),
  ended: { "rollout-1": end },
};
const promoted: Memory = { ...onV1, plan: stablePlan({ ...three, stable: "v2" }), serving: TWO, contents: served(TWO) };
const rolledBack: Memory = {
  ...onV1,
  contents: ended(served(TWO), TWO, { ...end, version: "v2", as: "stable" }),
};

function served(...contents: string[]): Contents {
  return contents.reduce((known, sha256) => serving(known, sha256, AT), serving({}, ONE, AT));
}

const candidate = (name: string, sha256: string, attempt = "1", identity = "another"): TrafficPlan =>
  canaryPlan(
    { candidate: name, versions: { v1: { content: ONE }, [name]: { content: sha256 } } },
    { identity, attempt },
  );
const stable = (name: string, sha256: string, changes: Partial<TrafficPlan> = {}): TrafficPlan =>
  stablePlan({ stable: name, versions: { v1: { content: ONE }, [name]: { content: sha256 } }, ...changes });
const retiring = (phase: "deprecated" | "retired"): TrafficPlan =>
  stablePlan({ ...three, noticeMs: DAY, notices: { v3: { phase, sunset: AT, successor: "v1" } } });

test.each<[string, Memory, TrafficPlan, string | undefined]>([
  ["a first plan", { ...onV1, plan: undefined, serving: undefined, contents: {} }, stable("v2", TWO), undefined],
  ["the plan in force", { ...aborted, plan: canaryPlan() }, canaryPlan(), undefined],
  ["the same stable content under another name", onV1, stable("one", ONE), undefined],
  ["a new candidate", onV1, candidate("v2", TWO), undefined],
  ["more weight for the candidate that runs", running, canaryPlan({ ...three, weight: 9_000 }), undefined],
  ["no candidate any more", running, stablePlan(three), undefined],
  ["an unproven stable", onV1, stable("v3", THREE), "unproven"],
  ["other content under the name of stable", onV1, stable("v1", THREE), "unproven"],
  ["the promotion of what still runs", running, stable("v2", TWO), "unproven"],
  ["the promotion of what is complete", { ...running, isComplete: true }, stable("v2", TWO), undefined],
  ["that promotion with other content", { ...running, isComplete: true }, stable("v2", THREE), "unproven"],
  ["a candidate made stable that was aborted", aborted, stable("v2", TWO), "rolledBack"],
  ["the same under another name", aborted, stable("new", TWO), "rolledBack"],
  ["a rollback to what served before", promoted, stable("v1", ONE), undefined],
  ["what was rolled back as stable", rolledBack, stable("v2", TWO), "rolledBack"],
  ["what was rolled back as a candidate", rolledBack, candidate("v2", TWO), "rolledBack"],
  ["its next attempt", rolledBack, candidate("v2", TWO, "2"), undefined],
  ["an aborted candidate under another name", aborted, candidate("v9", TWO), "rolloutAborted"],
  [
    "an aborted candidate beside another stable",
    { ...aborted, serving: THREE, contents: { ...aborted.contents, ...served(THREE) } },
    canaryPlan({ ...three, stable: "v3" }, { identity: "x" }),
    "rolloutAborted",
  ],
  ["an aborted candidate at its next attempt", aborted, candidate("v2", TWO, "2"), undefined],
  ["an aborted candidate without traffic", aborted, canaryPlan({ ...three, weight: 0 }), undefined],
  ["an aborted candidate as a shadow", aborted, canaryPlan({ ...three, weight: 0, shadow: true }), "rolloutAborted"],
  ["an identity ended by version 0.1.0", { ...onV1, ended: { "rollout-1": end } }, canaryPlan(three), "rolloutAborted"],
  ["an older file that tries what serves", promoted, canaryPlan(three), "stale"],
  ["the same, from a gateway whose rollout is complete", { ...promoted, isComplete: true }, canaryPlan(three), "stale"],
  ["an override for an unproven stable", onV1, stable("v3", THREE, { override: "urgent" }), undefined],
  ["an override for what was aborted", aborted, stable("v2", TWO, { override: "urgent" }), undefined],
  [
    "an override that was used before it was rolled back",
    {
      ...onV1,
      contents: ended(serving(onV1.contents, TWO, AT, "urgent"), TWO, { ...end, version: "v2", as: "stable" }),
    },
    stable("v2", TWO, { override: "urgent" }),
    "rolledBack",
  ],
  [
    "another reason for it",
    {
      ...onV1,
      contents: ended(serving(onV1.contents, TWO, AT, "urgent"), TWO, { ...end, version: "v2", as: "stable" }),
    },
    stable("v2", TWO, { override: "again" }),
    undefined,
  ],
  ["unproven content after the route was removed", { ...onV1, plan: undefined }, stable("v3", THREE), "unproven"],
  ["what served, after the route was removed", { ...onV1, plan: undefined }, stable("v1", ONE), undefined],
  [
    "aborted content after the route was removed",
    { ...aborted, plan: undefined },
    candidate("v2", TWO),
    "rolloutAborted",
  ],
  ["a retirement without notice", onV1, retiring("retired"), "noticeTooShort"],
  [
    "a retirement before its time",
    { ...onV1, deprecatedSince: { v3: (NOW - DAY) / 1000 + 1 } },
    retiring("retired"),
    "noticeTooShort",
  ],
  ["a retirement in time", { ...onV1, deprecatedSince: { v3: (NOW - DAY) / 1000 } }, retiring("retired"), undefined],
  [
    "a version that is retired already",
    { ...onV1, plan: retiring("retired") },
    { ...retiring("retired"), noticeMs: 2 * DAY },
    undefined,
  ],
])("%s", (_case, memory, plan, code) => {
  expect(refusalOf(plan, memory, NOW)?.code).toBe(code);
});

test("a refusal says when, who, why, and which attempt is the next", () => {
  expect(refusalOf(candidate("v9", TWO), aborted, NOW)).toEqual({
    code: "rolloutAborted",
    error: `the rollout of v9 was ended and does not open again: ended at ${AT} by guard:errorRate; start attempt 2, or another candidate`,
    reason: "it failed",
  });
  expect(refusalOf(retiring("retired"), { ...onV1, deprecatedSince: { v3: NOW / 1000 } }, NOW)?.error).toContain(
    "v3 cannot be retired before 2026-01-02T00:00:00.000Z",
  );
});

test("a plan without a rollout is a rollback only for what served", () => {
  expect(stableChangeOf(stable("v1", ONE), promoted)).toBe("rollback");
  expect(stableChangeOf(stable("v2", TWO), { ...running, isComplete: true })).toBe("promotion");
});

test("the files of version 0.1.0 tell what was taken away", () => {
  const plan = canaryPlan(three);
  const contents = firstContents(plan, { ended: { "rollout-1": end } }, AT);
  expect(contents[contentOf(plan, "v2")]?.ended).toMatchObject({ version: "v2", as: "candidate", attempt: 1 });
  const back = { version: "v2", content: TWO, at: AT, reason: "bold" };
  const after = firstContents(
    stablePlan({ ...three, stable: "v2", previous: "v1" }),
    { ended: {}, rolledBack: back },
    AT,
  );
  expect(after[TWO]?.ended).toMatchObject({ as: "stable", reason: "bold" });
  expect(after[ONE]?.servedSince).toBe(AT);
});

import { describe, expect, test } from "vitest";
import { planTraffic, rolloutIdentity } from "../../components/lifecycle/index.ts";
import { parseRelease } from "../../components/release/index.ts";
import { edited, exampleRelease, sha256 } from "../release/example-release.ts";

type Edit = readonly [path: readonly (string | number)[], value: unknown];

function resolved(...edits: readonly Edit[]) {
  return parseRelease(
    edits.reduce<unknown>((document, [path, value]) => edited(document, path, value), exampleRelease()),
  );
}

const identity = (...edits: readonly Edit[]): string => rolloutIdentity(resolved(...edits));

describe("the traffic plan", () => {
  test("is the release as a data plane needs it", () => {
    expect(
      planTraffic(resolved([["rollout", "previous"], "v3"], [["rollout", "sticky"], { header: "X-User" }])),
    ).toEqual({
      model: "sentiment",
      stable: "v1",
      previous: "v3",
      candidate: "v2",
      weight: 5000,
      shadow: false,
      rollout: {
        identity: identity(),
        attempt: "1",
        steps: [{ kind: "shadow" }, { kind: "weight", weight: 500 }, { kind: "weight", weight: 5000 }],
        advance: "automatic",
        guards: [
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
        ],
        holdBack: 500,
        harmBudget: 100,
        warmUpMs: 30_000,
        bakeMs: 60_000,
        maxDurationMs: 86_400_000,
        onInconclusive: "hold",
        alpha: 0.01,
        beta: 0.05,
      },
      versions: { v1: { content: sha256 }, v2: { content: sha256 }, v3: { content: sha256 } },
      notices: { v3: { phase: "deprecated", sunset: "2027-05-31T00:00:00Z", successor: "v1" } },
      stickyHeader: "x-user",
      deadlineMs: 30_000,
      noticeMs: 7 * 86_400_000,
    });
  });

  test("carries the reason of an override and no other part of it", () => {
    const plan = planTraffic(resolved([["rollout", "override"], { stable: "v1", reason: "tested offline" }]));
    expect(plan.override).toBe("tested offline");
  });

  test("without a candidate has no weight and no identity", () => {
    const plan = planTraffic(resolved([["rollout"], { stable: "v1" }]));
    expect(plan).toMatchObject({ weight: 0, shadow: false, rollout: { identity: "", attempt: "1" } });
    expect(Object.keys(plan)).not.toContain("candidate");
  });

  test("of a shadow target sends copies and no share", () => {
    expect(planTraffic(resolved([["rollout", "weight"], "shadow"]))).toMatchObject({ weight: 0, shadow: true });
  });

  test("keeps the notice of a retired version and leaves the version out", () => {
    const plan = planTraffic(resolved([["retirement", "v3", "phase"], "retired"]));
    expect(Object.keys(plan.versions)).toEqual(["v1", "v2"]);
    expect(plan.notices.v3?.phase).toBe("retired");
  });

  test("differs in its weight alone between two steps", () => {
    const before = planTraffic(resolved([["rollout", "weight"], "5%"]));
    const after = planTraffic(resolved([["rollout", "weight"], "25%"]));
    expect({ ...after, weight: before.weight }).toEqual(before);
    expect([before.weight, after.weight]).toEqual([500, 2500]);
  });
});

describe("the identity of a rollout", () => {
  const other = "0".repeat(64);

  test("is 16 hex digits", () => {
    expect(identity()).toMatch(/^[0-9a-f]{16}$/);
  });

  test("changes with stable, candidate, their pins and the attempt", () => {
    const identities = [
      identity(),
      identity([["rollout", "stable"], "v3"], [["retirement"], undefined]),
      identity([["rollout", "candidate"], "v3"], [["retirement"], undefined]),
      identity([["versions", "v1", "source", "sha256"], other]),
      identity([["versions", "v2", "source", "sha256"], other]),
      identity([["rollout", "attempt"], "2"]),
    ];
    expect(new Set(identities).size).toBe(identities.length);
  });

  test("stays with weight, steps, guards, an attempt written out and another version's pin", () => {
    const identities = [
      identity(),
      identity([["rollout", "weight"], "100%"]),
      identity([["rollout", "steps"], ["1%"]]),
      identity([["rollout", "guards"], []]),
      identity([["rollout", "attempt"], "1"]),
      identity([["versions", "v3", "source", "sha256"], other]),
    ];
    expect(new Set(identities).size).toBe(1);
  });
});

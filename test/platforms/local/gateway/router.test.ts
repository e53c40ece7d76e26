import fc from "fast-check";
import { expect, test } from "vitest";
import {
  chooseAt,
  Draw,
  placeOf,
  planRouting,
  resolvePin,
} from "../../../../components/platforms/local/gateway/router.ts";
import { WHOLE } from "../../../../components/traffic/ladder.ts";
import { canaryPlan, stablePlan } from "../../../support/plans.ts";

const weights = fc.integer({ min: 0, max: WHOLE });

test("of each 10,000 draws exactly the weight goes to the candidate", () => {
  fc.assert(
    fc.property(weights, (weight) => {
      const draw = new Draw();
      let candidates = 0;
      for (let i = 0; i < WHOLE; i++) if (draw.next(weight) === "candidate") candidates++;
      expect(candidates).toBe(weight);
    }),
    { numRuns: 20 },
  );
});

test("a new weight counts from the next draw on", () => {
  const draw = new Draw();
  for (let i = 0; i < 100; i++) draw.next(5_000);
  expect(Array.from({ length: 100 }, () => draw.next(0))).not.toContain("candidate");
  expect(Array.from({ length: 100 }, () => draw.next(WHOLE))).not.toContain("stable");
});

test("a session that has the candidate keeps it at every higher weight", () => {
  fc.assert(
    fc.property(fc.string(), weights, weights, (session, one, other) => {
      const [lower, higher] = [Math.min(one, other), Math.max(one, other)];
      if (chooseAt(placeOf("r", session), lower) === "candidate") {
        expect(chooseAt(placeOf("r", session), higher)).toBe("candidate");
      }
    }),
  );
});

test("sessions are split as the weight says, and anew for each rollout", () => {
  const sessions = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);
  const chosen = (identity: string) =>
    sessions.filter((name) => chooseAt(placeOf(identity, name), 500) === "candidate");
  const [one, other] = [chosen("r1"), chosen("r2")];
  // Five standard deviations of 1,000 out of 20,000.
  expect(Math.abs(one.length - 1_000)).toBeLessThan(155);
  expect(Math.abs(other.length - 1_000)).toBeLessThan(155);
  expect(one.filter((name) => other.includes(name)).length).toBeLessThan(150);
});

test("a pin finds a deployed version, a retired one, or none", () => {
  const notice = { phase: "retired", sunset: "2026-01-01T00:00:00Z", successor: "v1" } as const;
  const routing = planRouting(stablePlan({ notices: { v0: notice } }), { weight: 0, shadowing: false, stable: "v1" });
  expect(resolvePin(routing, "v2")).toEqual({ kind: "version", version: "v2" });
  expect(resolvePin(routing, "v0")).toEqual({ kind: "retired", version: "v0", notice });
  expect(resolvePin(routing, "v9")).toEqual({ kind: "unknown", version: "v9" });
  expect(resolvePin(routing, "toString")).toEqual({ kind: "unknown", version: "toString" });
});

test("without a candidate a routing gives nothing away, whatever the weight", () => {
  const routing = planRouting(stablePlan(), { weight: 500, shadowing: true, stable: "v1" });
  expect(routing).toMatchObject({ weight: 0, shadowing: false });
  const header = planRouting(canaryPlan({ stickyHeader: "X-User" }), { weight: 1, shadowing: false, stable: "v1" });
  expect(header.stickyHeader).toBe("x-user");
});

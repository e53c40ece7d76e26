import { expect, test } from "vitest";
import { checkRolloutRecord, checkRouteRecord } from "../../../../components/platforms/local/gateway/record-checks.ts";
import { canaryPlan } from "../../../support/plans.ts";

// What version 0.1.0 wrote calls a content by the name of its hash.

const [one, two] = ["1".repeat(64), "2".repeat(64)];

test("a route of version 0.1.0 is read with its contents", () => {
  const plan = { ...canaryPlan(), versions: { v1: { sha256: one }, v2: { sha256: two } } };
  const record = { format: 1, generation: 3, plan, servers: { v1: "servers/v1.sock" }, deprecatedSince: {} };
  expect(checkRouteRecord(record)).toEqual({
    ...record,
    plan: { ...plan, versions: { v1: { content: one }, v2: { content: two } } },
  });
});

test("a rollback of version 0.1.0 is read with its content", () => {
  const progress = {
    ...{ identity: "", phase: "rolledBack", ladder: [], step: -1, raises: 0, startedAt: "", stepSince: "" },
    ...{ elapsedMs: 0, stepElapsedMs: 0, stepArms: {}, stepCopies: 0, proven: false, intervals: 0 },
  };
  const rolledBack = { version: "v2", sha256: two, at: "2026-11-25T00:00:00Z", reason: "bold" };
  const record = { format: 1, progress, since: "", ended: {}, events: [], rolledBack };
  const { sha256: content, ...back } = rolledBack;
  expect(checkRolloutRecord(record)).toEqual({ ...record, rolledBack: { ...back, content } });
});

test("a content that is none is refused by its path", () => {
  const plan = { ...canaryPlan(), versions: { v1: { sha256: "x" }, v2: { sha256: two } } };
  const record = { format: 1, generation: 3, plan, servers: { v1: "servers/v1.sock" }, deprecatedSince: {} };
  expect(() => checkRouteRecord(record)).toThrow(
    'plan.versions.v1.content: saw "x"; allowed is 64 lowercase hexadecimal digits',
  );
});

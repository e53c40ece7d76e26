import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  documentOf,
  documentOfRollout,
  type EvidenceDocument,
  hashOf,
  judgeAgain,
  parseEvidence,
  renderDocument,
  verifyEvidence,
} from "../../components/evidence/index.ts";
import type { HistoryEntry } from "../../components/rollout/index.ts";
import { plainVerdict } from "../analysis/plain.ts";
import { exampleDocument } from "./example.ts";
import { leavesOf, withValue } from "./leaves.ts";

const bad = exampleDocument({ fails: true });
const good = exampleDocument({ fails: false });

/** As a second person has it: through a file. */
function verify(document: EvidenceDocument): readonly string[] {
  const parsed = parseEvidence(renderDocument(document));
  if (parsed.document === undefined) return parsed.problems.map(({ path }) => path);
  return verifyEvidence(parsed.document)
    .fields.filter(({ same }) => !same)
    .map(({ field }) => field);
}

test.each([
  ["promote", good],
  ["rollback", bad],
] as const)("a document that was not touched is the same: %s", (verdict, document) => {
  const parsed = parseEvidence(renderDocument(document));
  expect(parsed.problems).toEqual([]);
  expect(parsed.document).toEqual(document);
  expect(verifyEvidence(document).same).toBe(true);
  expect(document.verdict.verdict).toBe(verdict);
});

test.each([good, bad])(
  "what a document states, the second implementation of the judge says too",
  ({ intervals, settings, verdict }) => {
    const plain = plainVerdict(intervals, settings);
    expect(plain.verdict).toBe(verdict.verdict);
    expect(plain.culprit).toBe(verdict.evidence.culprit?.guard ?? null);
    expect(plain.combinedLog).toBeCloseTo(verdict.evidence.combined.log, 9);
  },
);

test("the hash is that of the canonical text of everything but the verdict and itself", () => {
  expect(hashOf({ hash: "x", verdict: {}, b: [1], a: 0.5 })).toBe(hashOf({ a: 0.5, b: [1] }));
  // printf '{"a":1}' | sha256sum
  expect(hashOf({ a: 1 })).toBe("sha256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
});

describe("what was changed is named", () => {
  test("another verdict", () => {
    expect(verify(withValue(bad, ["verdict", "verdict"], "promote"))).toEqual(["verdict"]);
  });
  test("another culprit", () => {
    expect(verify(withValue(bad, ["verdict", "evidence", "culprit", "guard"], "latency"))).toEqual(["culprit"]);
  });
  test("another e-value of a guard", () => {
    const way = ["verdict", "evidence", "guards", 1, "promote", "log"];
    expect(verify(withValue(bad, way, 3))).toEqual(["guards.refusalRate.promote"]);
  });
  test("another count, with the hash and all that follows from it", () => {
    const fields = verify(withValue(bad, ["intervals", 60, "counts", "errorRate", "x1"], 0));
    expect(fields).toEqual(expect.arrayContaining(["hash", "combined", "guards.errorRate.rollback"]));
    expect(fields).not.toContain("guards.latency.rollback");
  });
  test("another margin, under which the same counts say something else", () => {
    const fields = verify(withValue(bad, ["settings", "guards", 0, "margin", "value"], 0.5));
    expect(fields).toEqual(expect.arrayContaining(["hash", "verdict", "culprit"]));
  });
  test("another name of the candidate", () => {
    expect(verify(withValue(bad, ["rollout", "candidate"], "v3"))).toEqual(["hash"]);
  });

  const leaves = leavesOf(bad);
  const other = (value: unknown): unknown => (typeof value === "number" ? value * 1.01 + 1 : `${value}x`);
  test("any value at all", () => {
    fc.assert(
      fc.property(fc.constantFrom(...leaves), ({ way, value }) => {
        expect(verify(withValue(bad, way, other(value)))).not.toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
  test("a value that was taken out of what the verdict rests on", () => {
    const counted = leaves.filter(({ way: [top] }) => top !== "verdict" && top !== "hash");
    fc.assert(
      fc.property(fc.constantFrom(...counted), ({ way }) => {
        expect(verify(withValue(bad, way, undefined))).not.toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

test("what a newer version says besides is no difference", () => {
  expect(verify(withValue(bad, ["verdict", "evidence", "guards", 0, "unitsToPromote"], undefined))).toEqual([]);
});

const entry = (document: EvidenceDocument): HistoryEntry => ({
  ...{ id: "2026-11-24T04-05-00Z-abcdef", how: "stopped", model: "sentiment", identity: document.rollout.identity },
  ...{ attempt: "1", stable: "v1", candidate: "v2", serving: "v1", contents: {}, question: "0123456789abcdef" },
  ...{ from: "2026-11-24T03:00:00.000Z", to: "2026-11-24T04:05:00.000Z", cause: "guard:errorRate", reason: "worse" },
  settings: document.settings,
  method: document.method,
  verdict: judgeAgain(document),
  intervals: document.intervals.map((live) => ({ live })),
});

test("an ending becomes a document with how it ended, and verifies", () => {
  const document = documentOfRollout(entry(bad));
  expect(document.rollout).toMatchObject({ how: "stopped", cause: "guard:errorRate", candidate: "v2" });
  expect(document.rollout).not.toHaveProperty("question");
  expect(document.intervals).toEqual(bad.intervals);
  expect(verify(document)).toEqual([]);
});

test("a forecast is not stated, and one that was written into a document is held against the judge's", () => {
  expect(bad.verdict.evidence).not.toHaveProperty("next");
  expect(verify(withValue(bad, ["verdict", "evidence", "next"], { reason: "all is well" }))).toEqual(["next"]);
});

test("without anything judged there is no document", () => {
  expect(() => documentOf({ identity: "a", intervals: [], copies: [] })).toThrow(
    'rollout "a": nothing was judged in it, so there is no evidence',
  );
});

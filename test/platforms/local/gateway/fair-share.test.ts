import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FairShare } from "../../../../components/platforms/local/gateway/fair-share.ts";
import { Traffic } from "../../../../components/platforms/local/gateway/traffic.ts";

const POISON = 999_999;

/** Whether one more of this key counted. */
function takes(share: FairShare, key: number): boolean {
  const has = share.has(key);
  if (has) share.take(key);
  return has;
}

test("where there is one input alone, or a few, all count", () => {
  const share = new FairShare();
  for (let i = 0; i < 10_000; i++) expect(takes(share, i % 7)).toBe(true);
});

test("what everybody asks alike counts whole", () => {
  const share = new FairShare();
  let counted = 0;
  for (let i = 0; i < 10_000; i++) if (takes(share, i % 80)) counted++;
  expect(counted).toBe(10_000);
});

test("one input among many counts at most once and three times the average of the others", () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 400 }), fc.integer({ min: 1, max: 5 }), (others, each) => {
      const share = new FairShare();
      for (let i = 0; i < others * each; i++) takes(share, i % others);
      let counted = 0;
      for (let i = 0; i < 5_000; i++) if (takes(share, POISON)) counted++;
      expect(counted).toBe(1 + 3 * each);
    }),
    { numRuns: 50 },
  );
});

test("whether something counts does not depend on how often it was refused before", () => {
  const share = new FairShare();
  for (let i = 0; i < 20; i++) takes(share, i);
  for (let i = 0; i < 1_000; i++) takes(share, POISON);
  for (let i = 0; i < 20; i++) expect(takes(share, i)).toBe(true);
});

test("however many different ones come, none counts without a limit", () => {
  const share = new FairShare();
  for (let i = 0; i < 200_000; i++) takes(share, i);
  let counted = 0;
  for (let i = 0; i < 1_000; i++) if (takes(share, 2 ** 31 + 5)) counted++;
  expect(counted).toBeLessThan(20);
});

describe("troubles of one address among many", () => {
  const answerAll = (outcomeOf: (client: number) => "answered" | "failed", rounds = 200): Traffic => {
    const traffic = new Traffic({ feedbackKey: Buffer.from("k"), startedAt: 0 });
    for (let round = 0; round < rounds; round++) {
      for (let client = 0; client < 13; client++) {
        const input = Buffer.from(`${client} asks ${round}`);
        const key = { input, source: `10.0.0.${client}` };
        traffic.countOutcome({ arm: "candidate", outcome: outcomeOf(client), ms: 1, key });
      }
    }
    return traffic;
  };

  test("which spells its input anew each time, decide nothing and are kept", () => {
    const { comparison } = answerAll((client) => (client === 12 ? "failed" : "answered"));
    expect(comparison.candidate).toMatchObject({ requests: 12 * 200 + 1, errors: 1 });
    expect(comparison.excess.candidate).toEqual({ requests: 199, bad: 199 });
  });

  test("which everybody has are harm, all of them", () => {
    const { comparison } = answerAll(() => "failed");
    expect(comparison.candidate).toMatchObject({ requests: 13 * 200, errors: 13 * 200 });
    expect(comparison.excess.candidate.requests).toBe(0);
  });
});

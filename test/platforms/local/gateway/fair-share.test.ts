import fc from "fast-check";
import { expect, test } from "vitest";
import { FairShare } from "../../../../components/platforms/local/gateway/fair-share.ts";

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

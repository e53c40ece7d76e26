import fc from "fast-check";
import { expect, test } from "vitest";
import { type Counts, newCategories } from "../../components/drift/new-categories.ts";

/** Every choice of `count` of the items. */
const choices = <Item>(items: readonly Item[], count: number): readonly (readonly Item[])[] => {
  const [first, ...rest] = items;
  if (count === 0) return [[]];
  if (first === undefined) return [];
  return [...choices(rest, count - 1).map((each) => [first, ...each]), ...choices(rest, count)];
};

const countOf = (rows: readonly string[]): Counts =>
  rows.reduce((counts, row) => counts.set(row, (counts.get(row) ?? 0) + 1), new Map<string, number>());

test("over all divisions of some rows, as many new ones are never more likely than p says; their mean is what is expected", () => {
  for (const sizes of [
    [1, 1, 1, 1, 1, 1, 1],
    [4, 1, 1, 2],
    [3, 3, 3],
    [5, 1, 1, 1],
    [2, 2, 2, 2, 1],
  ]) {
    const rows = sizes.flatMap((size, category) => Array.from({ length: size }, () => `c${category}`));
    for (const m of [2, 4, rows.length - 2]) {
      const divisions = choices([...rows.keys()], m).map((chosen) =>
        newCategories(
          countOf(rows.filter((_, i) => !chosen.includes(i))),
          countOf(rows.filter((_, i) => chosen.includes(i))),
        ),
      );
      for (const { rows: seen, p } of divisions) {
        const chance = divisions.filter((each) => each.rows >= seen).length / divisions.length;
        expect(p).toBeGreaterThanOrEqual(chance - 1e-9);
      }
      const mean = divisions.reduce((all, { rows: seen }) => all + seen, 0) / divisions.length;
      const expected = divisions.find(({ excess }) => excess > 0);
      if (expected !== undefined) expect(expected.rows - m * expected.excess).toBeCloseTo(mean, 9);
    }
  }
});

test("forty rows of one new name in a thousand cannot be chance", () => {
  const known = new Map([["a", 1000]]);
  const { rows, excess, p } = newCategories(known, new Map([...known, ["b", 40]]));
  expect([rows, excess.toFixed(3)]).toEqual([40, "0.038"]);
  expect(p).toBeLessThan(1e-10);
});

test("any counts give an excess and a p between 0 and 1", () => {
  const counts = fc.dictionary(fc.string({ maxLength: 2 }), fc.integer({ min: 1, max: 1e6 }), {
    minKeys: 1,
    maxKeys: 20,
  });
  fc.assert(
    fc.property(counts, counts, (reference, current) => {
      const found = newCategories(new Map(Object.entries(reference)), new Map(Object.entries(current)));
      for (const share of [found.excess, found.p]) expect(share >= 0 && share <= 1).toBe(true);
    }),
  );
});

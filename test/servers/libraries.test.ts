import { expect, test } from "vitest";
import { compareAll } from "../models/libraries/compare.ts";

// The libraries as PyPI has them; rows on thresholds, beside them, at ±0, missing, and that are no 32-bit numbers.
test("imported models and graphs answer as the libraries that trained them", { timeout: 900_000 }, async () => {
  const compared = [...(await compareAll(200))];
  expect(compared).toHaveLength(38);
  expect(
    compared.filter(([, { rows, labelsThatDiffer, worst }]) => rows !== 200 || labelsThatDiffer > 0 || worst > 1e-6),
  ).toEqual([]);
});

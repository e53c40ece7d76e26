import { expect, test } from "vitest";
import { damages, stateDamages } from "../bench/state-damages.ts";

test("whatever is damaged in its folder, a gateway starts, stable answers, and what is lost is named", async () => {
  const failed: string[] = [];
  const figures = await stateDamages(({ name }, { served, named }) => {
    if (!served) failed.push(`${name}: not served`);
    if (!named) failed.push(`${name}: not named`);
  });
  expect(failed).toEqual([]);
  expect(damages.length).toBeGreaterThanOrEqual(40);
  expect(figures).toEqual({ tried: damages.length, served: damages.length, named: damages.length });
}, 600_000);

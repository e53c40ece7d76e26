import { expect, test } from "vitest";
import { endedReopened, wronglyEnded } from "./kills.ts";

test("killed before and after every call, a good rollout completes and a bad one ends at 0 %, told once", async () => {
  const { kills, wrong } = await wronglyEnded();
  expect(wrong).toEqual([]);
  expect(kills).toBeGreaterThan(100);
});

test("with three controllers at once no ended candidate gets traffic again", async () => {
  expect(await endedReopened(50)).toBe(0);
});

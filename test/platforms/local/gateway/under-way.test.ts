import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { RequestsUnderWay, type UnderWay } from "../../../../components/platforms/local/gateway/under-way.ts";

/** Blocks the process as a long piece of work would. */
function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test("what waits is pardoned for the time in which the process stood still, before its deadline is looked at", async () => {
  const told: string[] = [];
  let pardoned = 0;
  const request: UnderWay = {
    checkDeadline: () => told.push("deadline"),
    reconsider: () => told.push("reconsider"),
    pardon: (ms) => {
      pardoned += ms;
      told.push("pardon");
    },
  };
  const underWay = new RequestsUnderWay();
  underWay.add(request);
  standStill(500);
  while (told.length === 0) await sleep(5);
  underWay.delete(request);
  expect(told.slice(0, 2)).toEqual(["pardon", "deadline"]);
  expect(pardoned).toBeGreaterThan(400);
});

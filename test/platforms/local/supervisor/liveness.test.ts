import { expect, test } from "vitest";
import {
  type Activity,
  afterQuestion,
  beginWatch,
  isHung,
  type Watched,
} from "../../../../components/platforms/local/supervisor/liveness.ts";

/** Asks every two seconds without an answer, and says after how many seconds it counts as hung. */
function hungAfter(activity: (second: number) => Activity, most = 120): number | undefined {
  let watched: Watched = beginWatch(0);
  for (let second = 2; second <= most; second += 2) {
    watched = afterQuestion(watched, false, activity(second), second * 1_000);
    if (isHung(watched, second * 1_000)) return second;
  }
  return undefined;
}

test("silent and idle: hung after 10 seconds", () => {
  expect(hungAfter(() => ({ wantsToRun: false, used: "7" }))).toBe(12);
});

test("silent and computing, or waiting for a processor: hung after 60 seconds", () => {
  expect(hungAfter((second) => ({ wantsToRun: false, used: String(second) }))).toBe(60);
  expect(hungAfter(() => ({ wantsToRun: true, used: "7" }))).toBe(60);
});

test("one answer begins it anew", () => {
  const idle = { wantsToRun: false, used: "7" };
  let watched = beginWatch(0);
  for (let second = 2; second <= 300; second += 2) {
    watched = afterQuestion(watched, second % 8 === 0, idle, second * 1_000);
    expect(isHung(watched, second * 1_000)).toBe(false);
  }
});

test("a pause of the one that asks is no silence of the one that is asked", () => {
  const idle = { wantsToRun: false, used: "7" };
  const watched = afterQuestion(afterQuestion(beginWatch(0), true, idle, 1_000), false, idle, 900_000);
  expect(isHung(watched, 900_000)).toBe(false);
});

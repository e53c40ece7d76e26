import { expect, test } from "vitest";
import { RecentAnswers } from "../../../../components/platforms/local/gateway/recent-answers.ts";

const answered = { outcome: "answered", ms: 5 } as const;

test("the last 200 to 399 answers of the version that serves are known", () => {
  const recent = new RecentAnswers();
  expect(recent.of("v1")).toBeUndefined();
  for (let i = 0; i < 100; i++) recent.add("v1", `10.0.0.${i % 20}`, { outcome: "failed", ms: undefined });
  expect(recent.of("v1")).toMatchObject({ requests: 100, errors: 100, refusals: 0 });
  for (let i = 0; i < 10_000; i++) {
    recent.add("v1", `10.0.0.${i % 20}`, answered);
    if (i >= 300) expect(recent.of("v1")?.errors).toBe(0);
  }
  const { requests = 0, latency = new Float64Array() } = recent.of("v1") ?? {};
  expect(requests).toBeGreaterThanOrEqual(200);
  expect(requests).toBeLessThan(400);
  expect(latency.reduce((sum, count) => sum + count, 0)).toBe(requests);
});

test("another version begins anew, and the one before is forgotten", () => {
  const recent = new RecentAnswers();
  for (let i = 0; i < 250; i++) recent.add("v1", `10.0.0.${i % 20}`, answered);
  recent.add("v2", "10.0.0.1", answered);
  expect(recent.of("v2")?.requests).toBe(1);
  expect(recent.of("v1")).toBeUndefined();
});

test("one address teaches three times the average of the others at most, as soon as there are eight", () => {
  const recent = new RecentAnswers();
  for (let i = 0; i < 20; i++) recent.add("v1", `10.0.0.${i}`, answered);
  for (let i = 0; i < 1_000; i++) recent.add("v1", "10.9.9.9", { outcome: "refused", ms: 5 });
  expect(recent.of("v1")).toMatchObject({ requests: 24, refusals: 4 });
});

import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { SHARES } from "../../../../components/guards/index.ts";
import {
  Feedback,
  type FeedbackItem,
  type FeedbackMetrics,
} from "../../../../components/platforms/local/gateway/feedback.ts";
import { PredictionIds } from "../../../../components/platforms/local/gateway/prediction-id.ts";

const METRICS: FeedbackMetrics = new Map([
  ["accuracy", { range: SHARES, groups: [] }],
  ["positiveRate", { range: SHARES, groups: ["young", "old"] }],
]);

function setUp(key = "key", identity = "rollout-1") {
  const ids = new PredictionIds({ key: Buffer.from(key), startedAt: 1_000, identity: () => identity });
  const feedback = new Feedback(ids);
  const items: FeedbackItem[] = [];
  const receive = (document: unknown) => feedback.receive(document, METRICS, (item) => items.push(item));
  return { ids, receive, items };
}

test("a value joins the arm that answered", () => {
  const { ids, receive, items } = setUp();
  const predictionId = ids.issue("candidate", undefined);
  expect(receive({ predictionId, metric: "positiveRate", value: 0.25 })).toEqual({ accepted: 1, rejected: [] });
  expect(items).toMatchObject([{ prediction: { arm: "candidate" }, metric: "positiveRate", value: 0.25 }]);
});

test("a value with a group joins the metric and that of its group, once", () => {
  const { ids, receive, items } = setUp();
  const item = { predictionId: ids.issue("candidate", undefined), metric: "positiveRate", value: 1, group: "old" };
  expect(receive([item, item])).toEqual({ accepted: 1, rejected: [{ index: 1, reason: "duplicate" }] });
  expect(items.map(({ metric, value }) => [metric, value])).toEqual([
    ["positiveRate", 1],
    ["positiveRate/old", 1],
  ]);
});

test.each([
  [
    "of no group of the guard",
    { metric: "positiveRate", value: 1, group: "odl" },
    "the guard of positiveRate has the groups young, old",
  ],
  ["of a metric without groups", { label: "a", group: "old" }, "the guard of accuracy has no groups"],
  [
    "of a group as a metric",
    { metric: "positiveRate/old", value: 1 },
    "no guard uses the metric positiveRate/old; known: accuracy, positiveRate",
  ],
])("a value %s is refused and may be sent again", (_what, item, reason) => {
  const { ids, receive, items } = setUp();
  const predictionId = ids.issue("stable", "a");
  expect(receive({ predictionId, ...item }).rejected).toEqual([{ index: 0, reason }]);
  expect(items).toEqual([]);
  expect(
    receive([
      { predictionId, metric: "positiveRate", value: 1 },
      { predictionId, label: "a" },
    ]).accepted,
  ).toBe(2);
});

test("true is 1, false is 0", () => {
  const { ids, receive, items } = setUp();
  for (const value of [true, false]) {
    receive({ predictionId: ids.issue("stable", undefined), metric: "positiveRate", value });
  }
  expect(items.map(({ value }) => value)).toEqual([1, 0]);
});

test("a label becomes accuracy", () => {
  const { ids, receive, items } = setUp();
  const answered = (label: string) => ids.issue("stable", label);
  receive([
    { predictionId: answered("positive"), label: "positive" },
    { predictionId: answered("positive"), label: "negative" },
  ]);
  expect(items.map(({ metric, value }) => [metric, value])).toEqual([
    ["accuracy", 1],
    ["accuracy", 0],
  ]);
});

test("each prediction and metric counts once, in one batch or in two", () => {
  const { ids, receive, items } = setUp();
  const predictionId = ids.issue("stable", "a");
  const item = { predictionId, metric: "positiveRate", value: 1 };
  expect(receive([item, item])).toEqual({ accepted: 1, rejected: [{ index: 1, reason: "duplicate" }] });
  expect(receive(item).rejected).toEqual([{ index: 0, reason: "duplicate" }]);
  expect(receive({ predictionId, label: "a" }).accepted).toBe(1);
  expect(items).toHaveLength(2);
});

test("an id of which a single bit was changed is not believed", () => {
  const { ids, receive, items } = setUp();
  for (let bit = 0; bit < 128; bit++) {
    const bytes = Buffer.from(ids.issue("stable", "a"), "base64url");
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    receive({ predictionId: bytes.toString("base64url"), metric: "positiveRate", value: 1 });
  }
  expect(items).toEqual([]);
});

test("ids that somebody makes up are not believed", () => {
  const { ids, receive, items } = setUp();
  for (let i = 0; i < 100; i++) ids.issue("candidate", "a");
  const made = Array.from({ length: 20_000 }, () => ({
    predictionId: randomBytes(16).toString("base64url"),
    metric: "positiveRate",
    value: 1,
  }));
  for (let i = 0; i < made.length; i += 1_000) receive(made.slice(i, i + 1_000));
  expect(items).toEqual([]);
});

test("ids of two arms, and two of one arm, have nothing in common that shows", () => {
  const { ids } = setUp();
  const issued = ["stable", "stable", "candidate"].map((arm) => ids.issue(arm as "stable" | "candidate", "a"));
  expect(new Set(issued.map((id) => id.slice(0, 6))).size).toBe(3);
  for (const id of issued) expect(id).toMatch(/^[\w-]{22}$/);
});

test("ids of another key or another rollout are not believed", () => {
  const { receive } = setUp();
  for (const other of [setUp("other key"), setUp("key", "rollout-2")]) {
    const predictionId = other.ids.issue("stable", undefined);
    expect(receive({ predictionId, metric: "positiveRate", value: 1 }).accepted).toBe(0);
  }
});

test("an id that this process never issued is refused, though its key is right", () => {
  const { receive } = setUp();
  const other = setUp();
  other.ids.issue("stable", undefined);
  const predictionId = other.ids.issue("stable", undefined);
  expect(receive({ predictionId, metric: "positiveRate", value: 1 }).rejected[0]?.reason).toBe(
    "the id was never issued",
  );
});

test("ids of the process before a restart are still believed, once", () => {
  const predictionId = setUp().ids.issue("candidate", undefined);
  const ids = new PredictionIds({ key: Buffer.from("key"), startedAt: 2_000, identity: () => "rollout-1" });
  const feedback = new Feedback(ids);
  const receive = () => feedback.receive({ predictionId, metric: "positiveRate", value: 1 }, METRICS, () => {});
  expect(receive().accepted).toBe(1);
  expect(receive().rejected).toEqual([{ index: 0, reason: "duplicate" }]);
});

test.each<[string, (id: string) => unknown]>([
  ["no id", () => ({ metric: "positiveRate", value: 1 })],
  ["not an id", () => ({ predictionId: "x", metric: "positiveRate", value: 1 })],
  ["an unknown metric", (predictionId) => ({ predictionId, metric: "clicks", value: 1 })],
  ["no metric", (predictionId) => ({ predictionId, value: 1 })],
  ["a value above 1", (predictionId) => ({ predictionId, metric: "positiveRate", value: 1.5 })],
  ["no number", (predictionId) => ({ predictionId, metric: "positiveRate", value: "1" })],
  ["NaN", (predictionId) => ({ predictionId, metric: "positiveRate", value: Number.NaN })],
  ["a label for a prediction without one", (predictionId) => ({ predictionId, label: "positive" })],
  ["no object", () => null],
])("%s is rejected, and the rest of the batch is not", (_what, item) => {
  const { ids, receive, items } = setUp();
  const good = { predictionId: ids.issue("stable", undefined), metric: "positiveRate", value: 1 };
  const answer = receive([item(ids.issue("stable", undefined)), good]);
  expect(answer.accepted).toBe(1);
  expect(answer.rejected.map(({ index }) => index)).toEqual([0]);
  expect(items).toHaveLength(1);
});

test("more than 1,000 items are refused as a whole", () => {
  const { receive, items } = setUp();
  expect(() => receive(Array.from({ length: 1_001 }, () => ({})))).toThrow("at most 1000");
  expect(items).toEqual([]);
});

test("a value of a declared range counts as its place in it; what lies outside is refused, not clipped", () => {
  const ids = new PredictionIds({ key: Buffer.from("key"), startedAt: 1_000, identity: () => "rollout-1" });
  const metrics = new Map([["revenue", { range: { least: -100, most: 300 }, groups: [] }]]);
  const items: FeedbackItem[] = [];
  const give = (value: unknown) => ({ predictionId: ids.issue("stable", undefined), metric: "revenue", value });
  const feedback = new Feedback(ids);
  const answer = feedback.receive([-100, 0, 200, 300].map(give), metrics, (item) => items.push(item));
  expect(answer).toEqual({ accepted: 4, rejected: [] });
  expect(items.map(({ value }) => value)).toEqual([0, 0.25, 0.75, 1]);

  const reason =
    "value is a number from -100 to 300, the range that the guard of revenue declares; a value outside is not clipped, it counts for no version";
  const outside = [-100.01, 300.01, Number.NaN, Number.POSITIVE_INFINITY, true, "200"];
  expect(feedback.receive(outside.map(give), metrics, (item) => items.push(item))).toEqual({
    accepted: 0,
    rejected: outside.map((_, index) => ({ index, reason })),
    outOfRange: outside.length,
  });
  expect(items).toHaveLength(4);
});

import { expect, test } from "vitest";
import { Feedback, type FeedbackItem } from "../../../../components/platforms/local/gateway/feedback.ts";
import { PredictionIds } from "../../../../components/platforms/local/gateway/prediction-id.ts";

const METRICS = new Set(["accuracy", "positiveRate"]);
const NOW = 1_800_000_000_000;

function setUp(key = "key", identity = "rollout-1") {
  const ids = new PredictionIds({ key: Buffer.from(key), startedAt: 1_000, identity: () => identity });
  const feedback = new Feedback(ids);
  const items: FeedbackItem[] = [];
  const receive = (document: unknown) => feedback.receive(document, METRICS, (item) => items.push(item));
  return { ids, receive, items };
}

test("a value joins the arm that answered", () => {
  const { ids, receive, items } = setUp();
  const predictionId = ids.issue("candidate", undefined, NOW);
  expect(receive({ predictionId, metric: "positiveRate", value: 0.25 })).toEqual({ accepted: 1, rejected: [] });
  expect(items).toMatchObject([{ prediction: { arm: "candidate" }, metric: "positiveRate", value: 0.25 }]);
});

test("true is 1, false is 0", () => {
  const { ids, receive, items } = setUp();
  for (const value of [true, false]) {
    receive({ predictionId: ids.issue("stable", undefined, NOW), metric: "positiveRate", value });
  }
  expect(items.map(({ value }) => value)).toEqual([1, 0]);
});

test("a label becomes accuracy", () => {
  const { ids, receive, items } = setUp();
  const answered = (label: string) => ids.issue("stable", label, NOW);
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
  const predictionId = ids.issue("stable", "a", NOW);
  const item = { predictionId, metric: "positiveRate", value: 1 };
  expect(receive([item, item])).toEqual({ accepted: 1, rejected: [{ index: 1, reason: "duplicate" }] });
  expect(receive(item).rejected).toEqual([{ index: 0, reason: "duplicate" }]);
  expect(receive({ predictionId, label: "a" }).accepted).toBe(1);
  expect(items).toHaveLength(2);
});

test.each<[string, (id: string) => string]>([
  ["another arm", (id) => id.replace(".s.", ".c.")],
  ["another second", (id) => id.replace(/^./, "z")],
  ["another tag", (id) => `${id.slice(0, -1)}${id.endsWith("A") ? "B" : "A"}`],
])("an id with %s is forged", (_what, forge) => {
  const { ids, receive } = setUp();
  const predictionId = forge(ids.issue("stable", undefined, NOW));
  const [rejected] = receive({ predictionId, metric: "positiveRate", value: 1 }).rejected;
  expect(rejected?.reason).toBe("the id is forged, or belongs to another rollout");
});

test("ids of another key or another rollout are not believed", () => {
  const { receive } = setUp();
  for (const other of [setUp("other key"), setUp("key", "rollout-2")]) {
    const predictionId = other.ids.issue("stable", undefined, NOW);
    expect(receive({ predictionId, metric: "positiveRate", value: 1 }).accepted).toBe(0);
  }
});

test("an id that this process never issued is refused, though its tag is right", () => {
  const { ids, receive } = setUp();
  const predictionId = ids.issue("stable", undefined, NOW).replace("-1.", "-zz.");
  expect(receive({ predictionId, metric: "positiveRate", value: 1 }).rejected[0]?.reason).toBe(
    "the id was never issued",
  );
});

test("ids of the process before a restart are still believed, once", () => {
  const predictionId = setUp().ids.issue("candidate", undefined, NOW);
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
  const good = { predictionId: ids.issue("stable", undefined, NOW), metric: "positiveRate", value: 1 };
  const answer = receive([item(ids.issue("stable", undefined, NOW)), good]);
  expect(answer.accepted).toBe(1);
  expect(answer.rejected.map(({ index }) => index)).toEqual([0]);
  expect(items).toHaveLength(1);
});

test("more than 1,000 items are refused as a whole", () => {
  const { receive, items } = setUp();
  expect(() => receive(Array.from({ length: 1_001 }, () => ({})))).toThrow("at most 1000");
  expect(items).toEqual([]);
});

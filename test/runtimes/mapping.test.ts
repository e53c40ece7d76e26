import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Mapping, mapAnswer, mapRequest } from "../../components/runtimes/command/mapping.ts";

const plain: Mapping = { protocol: "predict", inputs: [], tensor: "input-0", label: "/label", labels: [] };

describe("a request", () => {
  const body = '{"features": {"width": 0.2, "length": 1.4}}';
  const inputs = ["length", "width"];

  test("goes as it comes where nothing else is said", () => {
    expect(mapRequest(plain, "no json at all")).toEqual({ body: "no json at all" });
  });

  test("becomes rows in the order of the columns", () => {
    expect(mapRequest({ ...plain, inputs, rows: "/data/rows" }, body)).toEqual({
      body: '{"data":{"rows":[[1.4,0.2]]}}',
    });
    expect(mapRequest({ ...plain, inputs, rows: "" }, body)).toEqual({ body: "[[1.4,0.2]]" });
  });

  test("becomes a frame of MLflow", () => {
    expect(mapRequest({ ...plain, protocol: "invocations", inputs }, body)).toEqual({
      body: '{"dataframe_split":{"columns":["length","width"],"data":[[1.4,0.2]]}}',
    });
    expect(mapRequest({ ...plain, protocol: "invocations" }, '{"text": "good"}')).toEqual({
      body: '{"dataframe_split":{"columns":["text"],"data":[["good"]]}}',
    });
  });

  test("becomes one tensor", () => {
    expect(mapRequest({ ...plain, protocol: "open-inference", inputs }, body)).toEqual({
      body: '{"inputs":[{"name":"input-0","shape":[1,2],"datatype":"FP64","data":[1.4,0.2]}]}',
    });
    expect(mapRequest({ ...plain, protocol: "open-inference" }, '{"text": "good"}')).toEqual({
      body: '{"inputs":[{"name":"input-0","shape":[1,1],"datatype":"BYTES","data":["good"]}]}',
    });
  });

  test.each([
    ["[1]", "expected the body to be a JSON object"],
    ["{", "expected the body to be a JSON object"],
    ["{}", 'expected "text" or "features" in the body'],
    ['{"features": {"width": 1}}', "expected the features length"],
    ['{"features": {"width": 1, "length": 1, "age": 1}}', 'unknown feature "age"; the model has length, width'],
  ])("%s is refused", (wrong, refusal) => {
    expect(mapRequest({ ...plain, protocol: "invocations", inputs }, wrong)).toEqual({ refusal });
  });
});

describe("an answer", () => {
  const labels = ["setosa", "versicolor", "virginica"];

  test("has its label and its score where the release says", () => {
    expect(mapAnswer({ ...plain, score: "/score" }, '{"label": "good", "score": 0.9}')).toEqual({
      label: "good",
      score: 0.9,
    });
    expect(mapAnswer({ ...plain, label: "/a~1b/0" }, '{"a/b": [true]}')).toEqual({ label: "true" });
  });

  test("is a number of the labels, or one of them", () => {
    expect(mapAnswer({ ...plain, labels, label: "/0" }, "[2]")).toEqual({ label: "virginica" });
    expect(mapAnswer({ ...plain, labels, label: "/0" }, '["setosa"]')).toEqual({ label: "setosa" });
  });

  test("takes the largest of a list of probabilities", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
        (scores) => {
          const most = Math.max(...scores);
          expect(mapAnswer({ ...plain, labels, label: "" }, JSON.stringify(scores))).toEqual({
            label: labels[scores.indexOf(most)],
            // JSON has no negative zero.
            score: most === 0 ? 0 : most,
          });
        },
      ),
    );
  });

  test.each([
    ["<html>", {}, "an answer that is no JSON: <html>"],
    ["{}", {}, "nothing at /label of its answer"],
    ['{"label": {}}', {}, "{} at /label of its answer"],
    ['{"label": 3}', { labels }, "3 at /label of its answer, which is none of the 3 labels"],
    ['{"label": "rose"}', { labels }, '"rose" at /label of its answer, which is none of the 3 labels'],
    ['{"label": []}', {}, "nothing at /label of its answer"],
  ])("%s is none", (text, settings, refusal) => {
    expect(mapAnswer({ ...plain, ...settings }, text)).toEqual({ refusal });
  });
});

import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { problemsOf } from "./files.ts";

// Fields of protobuf by their numbers, as onnx.proto has them.

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
const field = (number: number, ...parts: readonly (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(body.length)]), body]);
};
const number = (of: number, value: number): Buffer => Buffer.from([...varint(of * 8), ...varint(value)]);

const entry = (key: string, value: string) => field(13, field(1, key), field(2, value));
const external = (location: string, offset = "0", length = "24"): Buffer =>
  Buffer.concat([
    field(8, "W"),
    entry("location", location),
    entry("offset", offset),
    entry("length", length),
    number(14, 1),
  ]);
/** A model whose graph has it as an initializer. */
const modelOf = (tensor: Buffer): Buffer => Buffer.concat([number(1, 8), field(7, field(5, tensor))]);

const graphs = path.join(import.meta.dirname, "../../models/onnx");
const weights = Buffer.alloc(24);

test.each(globSync("*.onnx", { cwd: graphs }).filter((name) => !/beside|outside/.test(name)))(
  "%s, as the library writes it, is let in",
  (name) => {
    expect(problemsOf({ "model.onnx": readFileSync(path.join(graphs, name)) })).toEqual([]);
  },
);

test("numbers in a file beside the graph are let in when it is among the files and long enough", () => {
  const beside = readFileSync(path.join(graphs, "beside.onnx"));
  expect(problemsOf({ "a/model.onnx": beside, "a/weights.bin": weights })).toEqual([]);
  expect(problemsOf({ "a/model.onnx": beside, "weights.bin": weights })).toEqual([
    'a/model.onnx has numbers of "W" in "weights.bin", which is not among the files',
  ]);
  expect(problemsOf({ "model.onnx": beside, "weights.bin": weights.subarray(1) })).toEqual([
    'model.onnx has numbers of "W" in "weights.bin" up to byte 24, of 23 that there are',
  ]);
  expect(problemsOf({ "model.onnx": modelOf(external("sub/w.bin")), "sub/w.bin": weights })).toEqual([]);
});

test.each(["../weights.bin", "a/../../weights.bin", "/etc/passwd", "C:\\weights.bin", "..\\weights.bin", "a\0b", ""])(
  "numbers in %j are refused, whatever stands there",
  (location) => {
    const files = { "model.onnx": modelOf(external(location)), "weights.bin": weights, [location]: weights };
    expect(problemsOf(files)).toEqual([
      `model.onnx has numbers of "W" in ${JSON.stringify(location)}, which is no file beside it`,
    ]);
  },
);

test.each([
  ["the library's own graph", readFileSync(path.join(graphs, "outside.onnx"))],
  ["an attribute of a node", field(7, field(1, field(5, field(5, external("../weights.bin")))))],
  ["a graph in an attribute", field(7, field(1, field(5, field(6, field(5, external("../weights.bin"))))))],
  ["a list of an attribute", field(7, field(1, field(5, field(10, external("../weights.bin")))))],
  ["a sparse tensor", field(7, field(15, field(1, external("../weights.bin"))))],
  ["a function", Buffer.concat([field(7), field(25, field(7, field(5, field(5, external("../weights.bin")))))])],
  ["training", Buffer.concat([field(7), field(20, field(1, field(5, external("../weights.bin"))))])],
  ["the second of two graphs", Buffer.concat([field(7), field(7, field(5, external("../weights.bin")))])],
])("numbers outside of the folder are found in %s", (_, bytes) => {
  expect(problemsOf({ "model.onnx": bytes })).toEqual([
    'model.onnx has numbers of "W" in "../weights.bin", which is no file beside it',
  ]);
});

test("the last of several locations is the one that counts, and a place that is no number is refused", () => {
  const twice = Buffer.concat([entry("location", "weights.bin"), external("../weights.bin")]);
  expect(problemsOf({ "model.onnx": modelOf(twice), "weights.bin": weights })).toHaveLength(1);
  for (const at of ["-1", "1e3", "99999999999999999999"]) {
    expect(problemsOf({ "model.onnx": modelOf(external("weights.bin", at)), "weights.bin": weights }), at).toEqual([
      'model.onnx has numbers of "W" in "weights.bin" at no place of it',
    ]);
  }
});

test.each<[string, Buffer, RegExp]>([
  ["nothing", Buffer.alloc(0), /^is no ONNX: there is no graph in it$/],
  ["text", Buffer.from("not a graph"), /^is no ONNX/],
  [
    "a pointer of Git LFS",
    Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 9\n`),
    /^is a pointer of Git LFS/,
  ],
  [
    "half a file",
    readFileSync(path.join(graphs, "classes.onnx")).subarray(0, 150),
    /^is no ONNX, or not whole: it has a field at byte \d+ that goes on behind its end$/,
  ],
  [
    "a number without an end",
    Buffer.alloc(11, 255),
    /^is no ONNX, or not whole: it has a number without an end at byte 0$/,
  ],
])("a file of %s is no graph", (_, bytes, problem) => {
  const problems = problemsOf({ "model.onnx": bytes });
  expect(problems).toHaveLength(1);
  expect(problems[0]?.replace("model.onnx ", "")).toMatch(problem);
});

test("graphs in graphs end somewhere", () => {
  let graph = field(5, field(8, "W"));
  for (let depth = 0; depth < 60; depth += 1) graph = field(1, field(5, field(6, graph)));
  expect(problemsOf({ "model.onnx": field(7, graph) })).toEqual([
    "model.onnx is no ONNX, or not whole: it is nested deeper than 100 times",
  ]);
});

test("no bytes end it otherwise than with a sentence, and weights of any length are stepped over", () => {
  const whole = readFileSync(path.join(graphs, "classes.onnx"));
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.uint8Array({ maxLength: 200 }), (at, byte, random) => {
      const changed = Buffer.from(whole);
      changed[at] = byte;
      for (const bytes of [changed, Buffer.from(random)]) {
        for (const problem of problemsOf({ "model.onnx": bytes })) expect(problem).toMatch(/^model\.onnx (?:is|has) /);
      }
    }),
    { numRuns: 200 },
  );
  const raw = field(9, Buffer.alloc(300_000, 0xff));
  expect(problemsOf({ "model.onnx": modelOf(Buffer.concat([raw, external("weights.bin")])) })).toHaveLength(1);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { problemsOf, safetensors } from "./files.ts";

const tensor = (dtype: string, shape: readonly number[], begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

const ofModel = (bytes: Buffer) => problemsOf({ "model.safetensors": bytes });

test.each<[string, Buffer]>([
  ["none", safetensors({}, 0)],
  [
    "two, and notes",
    safetensors({ __metadata__: { format: "pt" }, b: tensor("F32", [2, 3], 8, 32), a: tensor("I64", [], 0, 8) }, 32),
  ],
  ["an empty one beside another", safetensors({ a: tensor("F16", [0, 4], 0, 0), b: tensor("BF16", [1], 0, 2) }, 2)],
  ["some of parts of bytes", safetensors({ a: tensor("F4", [6], 0, 3), b: tensor("F6_E2M3", [4], 3, 6) }, 6)],
  ["a header with room behind it", safetensors(`${JSON.stringify({ a: tensor("U8", [1], 0, 1) })}   `, 1)],
  [
    "a name like one that objects have",
    safetensors('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
  ],
])("a file of tensors is let in: %s", (_, bytes) => {
  expect(ofModel(bytes)).toEqual([]);
});

test.each<[string, Buffer, string]>([
  ["too short", Buffer.from("tiny"), "is 4 bytes, and no safetensors"],
  ["a header longer than the file", safetensors("{}", 0, 3), "says that its header is 3 bytes, and has 2"],
  [
    "a header longer than any",
    safetensors("{}", 0, 100_000_001),
    "says that its header is 100000001 bytes, of 100000000 at most",
  ],
  ["a header of text", safetensors("hello", 0), "has a header that is no JSON object in UTF-8"],
  ["a list", safetensors("[]", 0), "has a header that is no JSON object in UTF-8"],
  ["a space before it", safetensors(" {}", 0), "has a header that is no JSON object in UTF-8"],
  [
    "a tensor twice",
    safetensors(
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0061":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
      1,
    ),
    'says "a" twice in its header',
  ],
  [
    "a field twice",
    safetensors('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"shape":[2]}}', 2),
    'says "shape" twice in its header',
  ],
  ["notes that are no text", safetensors({ __metadata__: { a: 1 } }, 0), "has __metadata__ that is not text by name"],
  [
    "a tensor without a shape",
    safetensors({ a: { dtype: "U8" } }, 0),
    'has a tensor "a" without dtype, shape and data_offsets',
  ],
  [
    "a shape below zero",
    safetensors({ a: tensor("U8", [-1], 0, 0) }, 0),
    'has a tensor "a" without dtype, shape and data_offsets',
  ],
  ["an unknown type", safetensors({ a: tensor("F12", [1], 0, 1) }, 1), 'has "a" of the unknown type "F12"'],
  [
    "a type by a name that objects have",
    safetensors({ a: tensor("constructor", [1], 0, 1) }, 1),
    'has "a" of the unknown type "constructor"',
  ],
  ["half a byte", safetensors({ a: tensor("F4", [3], 0, 2) }, 2), 'has "a" that ends inside of a byte'],
  [
    "fewer bytes than its shape",
    safetensors({ a: tensor("F32", [2, 2], 0, 12) }, 12),
    'has "a" in 12 bytes, of 16 that F32 [2, 2] needs',
  ],
  [
    "a shape that no number holds",
    safetensors({ a: tensor("U8", [2 ** 40, 2 ** 40], 0, 0) }, 0),
    `has "a" in 0 bytes, of ${2n ** 80n} that U8 [1099511627776, 1099511627776] needs`,
  ],
  [
    "an end before its beginning",
    safetensors({ a: tensor("U8", [1], 1, 0) }, 1),
    'has "a" in -1 bytes, of 1 that U8 [1] needs',
  ],
  [
    "two over each other",
    safetensors({ a: tensor("U8", [2], 0, 2), b: tensor("U8", [2], 1, 3) }, 3),
    'has "b" over the tensor before it',
  ],
  [
    "a hole",
    safetensors({ a: tensor("U8", [1], 0, 1), b: tensor("U8", [1], 2, 3) }, 3),
    'has 1 bytes before "b" that are no tensor\'s',
  ],
  ["one behind the end", safetensors({ a: tensor("U8", [4], 0, 4) }, 3), 'has "a" up to byte 4, of 3 that there are'],
  ["bytes that are no tensor's", safetensors({ a: tensor("U8", [1], 0, 1) }, 9), "has 8 bytes behind its tensors"],
])("a file of tensors is refused: %s", (_, bytes, problem) => {
  expect(ofModel(bytes)).toEqual([`model.safetensors ${problem}`]);
});

test("tensors one behind the other are let in, whatever their order in the header; cut or moved they are not", () => {
  const shapes = fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(shapes, fc.nat(), fc.integer({ min: 1, max: 8 }), (all, turn, shift) => {
      let at = 0;
      const entries = all.map((shape, index) => {
        const begin = at;
        at += 4 * shape.reduce((product, size) => product * size, 1);
        return [`t${index}`, tensor("F32", shape, begin, at)] as const;
      });
      const first = turn % entries.length;
      const header = Object.fromEntries([...entries.slice(first), ...entries.slice(0, first)]);
      expect(ofModel(safetensors(header, at))).toEqual([]);
      expect(ofModel(safetensors(header, at + shift))).toHaveLength(1);
      const moved = {
        ...header,
        t0: tensor("F32", all[0] ?? [], shift, shift + (entries[0]?.[1].data_offsets[1] ?? 0)),
      };
      expect(ofModel(safetensors(moved, at))).toHaveLength(1);
    }),
    { numRuns: 100 },
  );
});

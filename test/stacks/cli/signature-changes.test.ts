import fc from "fast-check";
import { expect, test } from "vitest";
import { signatureChanges } from "../../../stacks/cli/check/signature-changes.ts";

const tensor = (name: string, datatype: string) => ({ name, datatype });
const label = tensor("label", "BYTES");

test("what is asked for more, and what is not given any more, breaks callers of stable", () => {
  const before = { inputs: [tensor("age", "FP64")], outputs: [label, tensor("score", "FP64")] };
  const after = { inputs: [tensor("age", "FP64"), tensor("income", "FP64")], outputs: [label] };
  expect(signatureChanges("v1", before, after)).toEqual({
    breaks: [
      "takes the input income, which v1 does not: requests made for v1 lack it",
      "does not give the output score, which clients of v1 read",
    ],
    notes: [],
  });
});

test("text for a number breaks; a number of another width does not", () => {
  const before = { inputs: [tensor("age", "FP64"), tensor("city", "BYTES")], outputs: [label] };
  const after = { inputs: [tensor("age", "FP32"), tensor("city", "INT64")], outputs: [label] };
  expect(signatureChanges("v1", before, after)).toEqual({
    breaks: ["has city as INT64, where v1 has BYTES"],
    notes: ["has age as FP32, where v1 has FP64"],
  });
});

test("an output more is known and breaks nobody", () => {
  const before = { inputs: [tensor("age", "FP64")], outputs: [label] };
  const after = { ...before, outputs: [label, tensor("reason", "BYTES")] };
  expect(signatureChanges("v1", before, after)).toEqual({
    breaks: [],
    notes: ["gives the output reason, which v1 does not"],
  });
});

test("the same signature in any order changes nothing, and a change is seen from both sides", () => {
  const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { minLength: 1 });
  const tensors = names.map((all) => all.map((name) => tensor(name, "FP64")));
  fc.assert(
    fc.property(tensors, tensors, (one, other) => {
      const [before, after] = [
        { inputs: one, outputs: [label] },
        { inputs: other, outputs: [label] },
      ];
      const same = { ...before, inputs: [...one].reverse() };
      expect(signatureChanges("v1", before, same)).toEqual({ breaks: [], notes: [] });
      expect(signatureChanges("v1", before, after).breaks).toHaveLength(
        signatureChanges("v1", after, before).breaks.length,
      );
    }),
  );
});

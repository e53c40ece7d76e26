import { expect, test } from "vitest";
import { isPickle } from "../../../components/sources/formats/pickles.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");

test.each([
  [
    "a pickle of protocol 4, whatever its name",
    "weights.bin",
    "\x80\x04\x95\x1c\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix",
  ],
  ["of protocol 2", "model.dat", "\x80\x02cposix\nsystem\n"],
  ["of protocol 0, by its name", "model.PKL", "cposix\nsystem\n"],
  ["compressed by joblib, by its name", "a/scaler.joblib", "x\x9c"],
  ["what torch.save writes", "model.pt", `PK\x03\x04${"\x00".repeat(26)}archive/data.pkl`],
  ["an array of objects", "x.npy", "\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False"],
])("%s is a pickle", (_, path, head) => {
  expect(isPickle(path, bytes(head))).toBe(true);
});

test.each([
  ["safetensors", "model.safetensors", '\x40\x00\x00\x00\x00\x00\x00\x00{"__metadata__"'],
  ["ONNX", "model.onnx", "\x08\x0a\x12\x07pytorch"],
  ["GGUF", "model.gguf", "GGUF\x03\x00\x00\x00"],
  ["skops, which is a zip", "model.skops", `PK\x03\x04${"\x00".repeat(26)}schema.json`],
  ["an array of numbers", "x.npy", "\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False"],
  ["text", "vocab.txt", "a\nb\n"],
  ["nothing", "empty.bin", ""],
])("%s is none", (_, path, head) => {
  expect(isPickle(path, bytes(head))).toBe(false);
});

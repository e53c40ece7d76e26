import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { formatProblems } from "../../components/sources/formats/format-problems.ts";
import { emptyDirectory } from "../sources/conformance.ts";
import { pythonOf } from "../support/python.ts";

const write = `import numpy, sys
from safetensors.numpy import save_file
kinds = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool", "complex64"]
save_file({name: numpy.ones((2, 3), name) for name in kinds} | {"none": numpy.zeros((0, 4), "float32")}, sys.argv[1] + "/whole", metadata={"format": "np"})
`;

const read = `import json, pathlib, sys
from safetensors import deserialize
def reads(file):
    try:
        deserialize(file.read_bytes())
        return True
    except Exception:
        return False
print(json.dumps([file.name for file in pathlib.Path(sys.argv[1]).iterdir() if reads(file)]))
`;

const problemsOf = (at: string) => formatProblems([{ path: "model.safetensors", bytes: statSync(at).size, at }]);

test("what the format's own library writes is let in, and of files with one other byte none that it does not read", {
  timeout: 600_000,
}, () => {
  const python = pythonOf(path.join(import.meta.dirname, "../sources/clients/safetensors.txt"));
  const folder = emptyDirectory();
  execFileSync(python, ["-c", write, folder]);
  const whole = readFileSync(path.join(folder, "whole"));
  expect(problemsOf(path.join(folder, "whole"))).toEqual([]);
  const header = 8 + Number(whole.readBigUInt64LE());
  for (let at = 0; at < header; at += 1) {
    for (const byte of ["0", "9", '"', "}", " "]) {
      const changed = Buffer.from(whole);
      changed.write(byte, at);
      writeFileSync(path.join(folder, `${at}-${byte.charCodeAt(0)}`), changed);
    }
  }
  const readable = new Set(JSON.parse(execFileSync(python, ["-c", read, folder], { encoding: "utf8" })) as string[]);
  const letIn = readdirSync(folder).filter((name) => problemsOf(path.join(folder, name)).length === 0);
  expect(letIn.length).toBeGreaterThan(100);
  expect(letIn.filter((name) => !readable.has(name))).toEqual([]);
});

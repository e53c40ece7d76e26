import { expect, test } from "vitest";
import { findDuplicates } from "../bench/duplicates.ts";

const six = ["const a = 1;", "const b = 2;", "const c = 3;", "const d = 4;", "const e = 5;", "const f = 6;"];

test("six lines that stand twice are found, whatever their indentation and the blank lines between", () => {
  const texts = [
    { file: "one.ts", text: ["first();", ...six].join("\n") },
    { file: "two.ts", text: six.map((line) => `    ${line}\n`).join("\n") },
  ];
  expect(findDuplicates(texts)).toEqual([{ here: "two.ts:1", there: "one.ts:2", lines: 6 }]);
});

test("five lines, imports, comments and brackets are no duplicates", () => {
  const thin = [
    "import {",
    "  a,",
    "  b,",
    "  c,",
    "  d,",
    "  e,",
    "  f,",
    '} from "./x.ts";',
    "// one",
    "}",
    "});",
    "]",
  ];
  const texts = ["one.ts", "two.ts"].map((file) => ({
    file,
    text: [...thin, ...six.slice(1), `${file}();`].join("\n"),
  }));
  expect(findDuplicates(texts)).toEqual([]);
});

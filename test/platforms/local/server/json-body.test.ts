import { expect, test } from "vitest";
import { InputError } from "../../../../components/platforms/local/server/errors.ts";
import { parseJsonObject } from "../../../../components/platforms/local/server/json-body.ts";

const BYTES = 4 * 1024 * 1024;

test.each([
  ["a list of empty objects", `{"a":[${"{},".repeat(BYTES / 3 - 10)}{}]}`, "has more than 250000 lists and objects"],
  ["a list of empty lists", `{"a":[${"[],".repeat(BYTES / 3 - 10)}[]]}`, "has more than 250000 lists and objects"],
  ["one name again and again", `{${'"a":{},'.repeat(500_000)}"a":{}}`, "has more than 250000 lists and objects"],
  ["nested lists", `{"a":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`, "is nested deeper than 64"],
  ["nested objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`, "is nested deeper than 64"],
  ["lists that do not end", "[".repeat(BYTES), "is nested deeper than 64"],
])("%s is refused before it is made", (_what, body, reason) => {
  expect(() => parseJsonObject(body)).toThrow(new InputError(`the body ${reason}`));
});

test.each([
  ["brackets in a text", { text: "[{".repeat(300_000) }],
  ["quotes and backslashes in a text", { text: '"[\\"{\\'.repeat(100_000) }],
  ["a full batch of rows in lists", { data: Array.from({ length: 100_000 }, (_, row) => [[row]]) }],
])("%s is read as it stands", (_what, content) => {
  expect(parseJsonObject(JSON.stringify(content))).toEqual(content);
});

test("a large body that is no JSON is told so", () => {
  for (const body of [`{"a":"${"b".repeat(100_000)}`, `{${"]".repeat(100_000)}`, `{"a":"${"\\".repeat(99_999)}`]) {
    expect(() => parseJsonObject(body)).toThrow(new InputError("the body is not valid JSON"));
  }
});

import { expect, test } from "vitest";
import { InputError } from "../../../../components/models/errors.ts";
import { parseJsonObject } from "../../../../components/platforms/local/server/json-body.ts";

const rows = 100_000;
const list = (count: number, piece: string): string =>
  `{"a":[${Array.from({ length: count }, () => piece).join(",")}]}`;
const keys = (count: number): string => `{${Array.from({ length: count }, (_, at) => `"key ${at}":1`).join(",")}}`;

test.each([
  ["nested lists", `{"a":${"[".repeat(40_000)}${"]".repeat(40_000)}}`, "lists and objects more than 32 deep"],
  ["nested objects", `${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}`, "lists and objects more than 32 deep"],
  ["lists that end nowhere", "[".repeat(100_000), "lists and objects more than 32 deep"],
  ["empty objects", list(300_000, "{}"), "more than 300000 lists and objects"],
  ["strings", list(160_000, '""'), "more than 150000 strings"],
  ["keys", keys(10_001), "more than 10000 keys"],
])("a large body of %s is refused before it is parsed", (_what, body, seen) => {
  expect(() => parseJsonObject(body)).toThrow(new InputError(`the body has ${seen}, which no batch needs`));
});

test.each([
  ["texts", list(rows, '"a, {[: \\" \\\\"')],
  ["nested texts", list(rows, '["a"]')],
  ["numbers", list(2_000_000, "1")],
  ["one long text of brackets, quotes and colons", `{"a":"${'[{:\\"'.repeat(600_000)}"}`],
])("the largest batch of %s is taken", (_what, body) => {
  expect(parseJsonObject(body)).toEqual(JSON.parse(body));
});

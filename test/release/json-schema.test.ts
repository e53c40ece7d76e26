import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { readDocumentSource } from "../../components/release/docstrings.ts";
import { renderJsonSchema } from "../../components/release/json-schema.ts";
import { releases } from "./arbitrary-release.ts";
import { badInputs } from "./bad-input.ts";
import { edited, exampleRelease } from "./example-release.ts";

const read = (name: string): string =>
  readFileSync(new URL(`../../components/release/${name}`, import.meta.url), "utf8");

const committed = read("release.schema.json");
const schema = z.fromJSONSchema(JSON.parse(committed));
const stack = (release: unknown): unknown => ({
  encryptionsalt: "v1:…",
  config: { "model-lifecycle:release": release, "other:key": 5 },
});

test("the committed schema is what the document's types and docstrings give", () => {
  expect(committed, "stale: run node components/release/json-schema.ts").toBe(renderJsonSchema(readDocumentSource()));
});

test("every valid release is valid to an editor", () => {
  fc.assert(
    fc.property(releases(), (release) => {
      expect(schema.safeParse(stack(release)).success).toBe(true);
    }),
  );
});

test("an editor marks unknown keys, bare scalars, wrong words and wrong formats", () => {
  const titles = [
    "a misspelt weight",
    "a bare weight",
    "an advance nearly right",
    "a bake time in shorthand",
    "an unpinned source",
  ];
  const cases = badInputs.filter(({ title }) => titles.includes(title));
  expect(cases).toHaveLength(titles.length);
  for (const { title, edits } of cases) {
    const document = edits.reduce<unknown>((whole, [path, value]) => edited(whole, path, value), exampleRelease());
    expect(schema.safeParse(stack(document)).success, title).toBe(false);
  }
});

test("an editor shows a field's meaning and its default", () => {
  const { properties } = JSON.parse(committed).properties.config.properties["model-lifecycle:release"];
  expect(properties.rollout.properties.bake).toMatchObject({
    type: "string",
    default: "1 minute",
    description: 'The least time on a step before it is left upwards: a duration. Default: "1 minute".',
  });
});

test("a field without a docstring stops the schema from being written", () => {
  const source = readDocumentSource().replace(/ {2}\/\*\* The gateway's port for predictions.*\n/, "");
  expect(() => renderJsonSchema(source)).toThrow("document.ts does not describe port");
});

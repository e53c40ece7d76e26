import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readDocumentSource } from "../../components/release/docstrings.ts";
import { checkRelease, parseRelease } from "../../components/release/index.ts";
import { renderKindsPage } from "../../components/release/kinds-page.ts";

const page = readFileSync(new URL("../../docs/release-document.md", import.meta.url), "utf8");
const kindsPage = new URL("../../docs/release-kinds.md", import.meta.url);
const source = readDocumentSource();
const exampleOn = (text: string): unknown =>
  parse(/```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? "").config["model-lifecycle:release"];
const example = exampleOn(page);
const onKubernetes = exampleOn(readFileSync(new URL("../../docs/kubernetes-fields.md", import.meta.url), "utf8"));

describe("the page about the release document", () => {
  test("has an example that is valid", () => {
    expect(checkRelease(example)).toEqual([]);
    expect(parseRelease(example).rollout.guards).toHaveLength(8);
  });

  test("has an example with every field there is", () => {
    expect(checkRelease(onKubernetes)).toEqual([]);
    const used = new Set([...keysOf(example), ...keysOf(onKubernetes)]);
    const unused = [...fieldsOfDocument().values()].flat().filter((field) => !used.has(field));
    expect(unused).toEqual(["override", "previous", "reason", "tensor"]);
  });

  test("has a row for every field", () => {
    const rows = [...`${page}${readFileSync(kindsPage, "utf8")}`.matchAll(/^\| `([\w.]+)` *\|/gm)].map(
      ([, field = ""]) => field.split(".").at(-1),
    );
    const sections = ["Release", "StickyDocument"];
    const fields = [...fieldsOfDocument()].filter(([name]) => !sections.includes(name)).flatMap(([, names]) => names);
    expect(fields.filter((field) => !rows.includes(field === "sticky" ? "header" : field))).toEqual([]);
    expect(fields.length).toBeGreaterThan(35);
  });
});

test("the page about kinds is what their folders say (npx vitest run test/release -u)", async () => {
  await expect(renderKindsPage(source)).toMatchFileSnapshot(fileURLToPath(kindsPage));
});

function fieldsOfDocument(): Map<string, string[]> {
  const interfaces = source.matchAll(/^export interface (?!Resolved)(\w+) \{\n([\s\S]*?)^\}/gm);
  return new Map(
    [...interfaces].map(([, name = "", body = ""]) => [
      name,
      [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, field = ""]) => field),
    ]),
  );
}

function keysOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const below = Object.values(value).flatMap(keysOf);
  return Array.isArray(value) ? below : [...Object.keys(value), ...below];
}

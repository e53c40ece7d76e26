import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Docstrings by interface and field, those of the interfaces that it extends among them. The file's formatting is held by
 * the linter, so lines are enough to go by.
 */
export function readDocstrings(source: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const interfaces = [...source.matchAll(/^export interface (\w+)(?: extends (\w+))? \{\n([\s\S]*?)^\}/gm)];
  const own = new Map(
    interfaces.map(([, name = "", base = "", body = ""]) => [name, { base, fields: fieldsIn(body) }]),
  );
  const all = (name: string): ReadonlyMap<string, string> => {
    const found = own.get(name);
    return found === undefined ? new Map() : new Map([...all(found.base), ...found.fields]);
  };
  return new Map([...own.keys()].map((name) => [name, all(name)]));
}

function fieldsIn(body: string): ReadonlyMap<string, string> {
  const fields = body.matchAll(/\/\*\* (.*) \*\/\n {2}readonly (\w+)\??:/g);
  return new Map(
    [...fields].map(([, text = "", field = ""]) => [field, text.replace(/ @default (.*)$/, " Default: $1.")]),
  );
}

/** The text of what describes the document: its own types, then those that kinds bring in their folders. */
export function readDocumentSource(): string {
  const components = fileURLToPath(new URL("..", import.meta.url));
  const files = globSync(["release/document.ts", "sources/{pinned,bucket-place}.ts", "*/*/document{,/*}.ts"], {
    cwd: components,
  }).toSorted();
  return files.map((file) => readFileSync(path.join(components, file), "utf8")).join("\n");
}

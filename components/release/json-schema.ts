import { writeFileSync } from "node:fs";
import { z } from "zod";
import { readDocstrings, readDocumentSource } from "./docstrings.ts";
import { fieldNotes } from "./field-notes.ts";
import { releaseSchema } from "./schema.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * The schema of a whole `Pulumi.<stack>.yaml` for editors, as text: a release under `model-lifecycle:release`, everything else let through.
 * Draft 7, because that is what editors' YAML servers know best. `node components/release/json-schema.ts` writes it to release.schema.json.
 * @param documentSource What `readDocumentSource` reads: its docstrings become the descriptions.
 */
export function renderJsonSchema(documentSource: string): string {
  const docs = readDocstrings(documentSource);
  const { $schema: _draft, ...release } = z.toJSONSchema(releaseSchema, {
    target: "draft-7",
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      const describedBy = fieldNotes.get(zodSchema)?.describedBy;
      if (describedBy !== undefined) describe(jsonSchema, docs.get(describedBy) ?? new Map());
    },
  });
  const stack = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Stack configuration with a model's release",
    type: "object",
    properties: { config: { type: "object", properties: { "model-lifecycle:release": release } } },
  };
  return `${JSON.stringify(stack, null, 2)}\n`;
}

function describe(section: JsonSchema, docs: ReadonlyMap<string, string>): void {
  for (const [field, schema] of Object.entries(section.properties ?? {})) {
    const description = docs.get(field);
    if (description === undefined) throw new Error(`document.ts does not describe ${field}`);
    if (typeof schema === "object") schema.description = description;
  }
}

if (import.meta.main) {
  writeFileSync(new URL("./release.schema.json", import.meta.url), renderJsonSchema(readDocumentSource()));
}

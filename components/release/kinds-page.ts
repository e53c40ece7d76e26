import { z } from "zod";
import { readDocstrings } from "./docstrings.ts";
import { fieldNotes } from "./field-notes.ts";
import type { DocumentKind, OfKind } from "./kind.ts";
import { archiveKinds, modelRegistryKinds, monitorKinds, platformKinds, runtimeKinds, sourceKinds } from "./kinds.ts";

type Kinds = readonly DocumentKind<OfKind, OfKind>[];

const parts: readonly (readonly [part: string, where: string, kinds: Kinds])[] = [
  ["platform", "Where the model is served.", platformKinds],
  ["source", "Where a version's content comes from: `versions.<name>.source`.", sourceKinds],
  ["serve", "What answers for a version: `versions.<name>.serve`.", runtimeKinds],
  ["archive", "Where archives are kept.", archiveKinds],
  ["monitor", "What watches.", monitorKinds],
  ["modelRegistry", "Which model registry is told what serves.", modelRegistryKinds],
];

/** What every kind brings to the release document, as a Markdown page. @param documentSource what `readDocumentSource` reads */
export function renderKindsPage(documentSource: string): string {
  const docs = readDocstrings(documentSource);
  return [
    "# Kinds",
    "",
    "<!-- Written from document.ts of each kind's folder. To write it again: npx vitest run test/release -u -->",
    "",
    "What stands in a part of the [release document](release-document.md) that is told apart by its `kind`.",
    ...parts.flatMap(([part, where, kinds]) => [
      "",
      `## ${part}`,
      "",
      where,
      ...kinds.flatMap((kind) => renderKind(kind, docs)),
    ]),
    "",
  ].join("\n");
}

/** A row for each field, and below it those of the section that it is, or is a list of. @param outer what their names begin with */
function renderFields(
  fields: Readonly<Record<string, z.core.$ZodType>>,
  docs: ReturnType<typeof readDocstrings>,
  describedBy: string,
  outer = "",
): readonly string[] {
  return Object.entries(fields).flatMap(([field, written]) => {
    const schema = written instanceof z.ZodOptional ? written.unwrap() : written;
    const text = docs.get(describedBy)?.get(field) ?? "";
    const { allowed = "" } = fieldNotes.get(schema) ?? {};
    const isRequired = !z.safeParse(written, undefined).success;
    const section = schema instanceof z.ZodArray ? schema.element : schema;
    const about = fieldNotes.get(section)?.describedBy;
    const below =
      section instanceof z.ZodObject && about !== undefined
        ? renderFields(section.shape, docs, about, `${outer}${field}.`)
        : [];
    return [`| \`${outer}${field}\` | ${text} | ${allowed} | ${isRequired ? "yes" : "no"} |`, ...below];
  });
}

function renderKind(
  { kind, describedBy, fields, brings }: Kinds[number],
  docs: ReturnType<typeof readDocstrings>,
): readonly string[] {
  const rows = renderFields(fields, docs, describedBy);
  const { archive, monitor } = brings;
  const along = Object.entries({ archive, monitor }).flatMap(([part, brought]) =>
    brought === undefined ? [] : [`\`${part}: { kind: ${brought.kind} }\``],
  );
  return [
    "",
    `### ${kind}`,
    "",
    (docs.get(describedBy)?.get("kind") ?? "").replace(/^\S+: (.)/, (_, first: string) => first.toUpperCase()),
    ...(along.length === 0 ? [] : ["", `Unless the release says otherwise: ${along.join(", ")}.`]),
    "",
    "| Field | Meaning | Allowed | Required |",
    "| --- | --- | --- | --- |",
    `| \`kind\` | which one | \`${kind}\` | yes |`,
    ...rows,
  ];
}

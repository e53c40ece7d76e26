import { z } from "zod";
import { readDocstrings } from "./docstrings.ts";
import { fieldNotes } from "./field-notes.ts";
import type { DocumentKind, OfKind } from "./kind.ts";
import { archiveKinds, monitorKinds, platformKinds, sourceKinds } from "./kinds.ts";

type Kinds = readonly DocumentKind<OfKind, OfKind>[];

const parts: readonly (readonly [part: string, where: string, kinds: Kinds])[] = [
  ["platform", "Where the model is served.", platformKinds],
  ["source", "Where a version's content comes from: `versions.<name>.source`.", sourceKinds],
  ["archive", "Where archives are kept.", archiveKinds],
  ["monitor", "What watches.", monitorKinds],
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

function renderKind(
  { kind, describedBy, fields, brings }: Kinds[number],
  docs: ReturnType<typeof readDocstrings>,
): readonly string[] {
  const rows = Object.entries(fields).map(([field, schema]) => {
    const text = docs.get(describedBy)?.get(field) ?? "";
    const allowed = fieldNotes.get(schema instanceof z.ZodOptional ? schema.unwrap() : schema)?.allowed ?? "";
    return `| \`${field}\` | ${text} | ${allowed} | ${schema.safeParse(undefined).success ? "no" : "yes"} |`;
  });
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

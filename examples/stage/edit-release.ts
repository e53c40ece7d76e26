import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import type { Stage } from "./stage.ts";

/** Sets a field of the release, by its path. */
export type SetField = (field: readonly string[], value: unknown) => void;

const RELEASE = ["config", "model-lifecycle:release"];

/** The stack's file. */
export const configurationFile = ({ dir, stack }: Pick<Stage, "dir" | "stack">): string =>
  path.join(dir, `Pulumi.${stack}.yaml`);

/** What an edit may look at. */
export interface EditedRelease {
  readonly versions: object;
  readonly rollout: { readonly guards: readonly { readonly metric: string }[] };
}

/** An edit as a person makes it in an editor: what stands around it stays. @param edit is given the release as it stands as well */
export function editRelease(stage: Stage, edit: (set: SetField, release: EditedRelease) => void): void {
  const file = configurationFile(stage);
  const document = parseDocument(readFileSync(file, "utf8"));
  const release = document.getIn(RELEASE) as { toJSON(): EditedRelease };
  edit((field, value) => document.setIn([...RELEASE, ...field], document.createNode(value)), release.toJSON());
  writeFileSync(file, document.toString({ lineWidth: 0 }));
}

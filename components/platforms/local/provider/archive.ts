import { existsSync } from "node:fs";
import { env } from "node:process";
import { HostError } from "../../../host/host-error.ts";
import { refusal } from "../../../kit/index.ts";
import {
  archivedContent,
  archiveVersion,
  LEAVE_ARCHIVES,
  removeArchive,
  retainedUntil,
} from "../state-folder/archive.ts";
import { verifyArchive } from "../state-folder/archive-damage.ts";
import { findStateFolder, openStateFolder } from "../state-folder/folder.ts";
import { archivePath } from "../state-folder/paths.ts";
import type { LocalInputs, ResourceKind } from "./resource-kind.ts";
import { isReinstated } from "./retirement.ts";

export interface ArchiveInputs extends LocalInputs {
  readonly model: string;
  readonly version: string;
  /** The content to keep. @default what the archive of this name holds, for a version that the release has no more */
  readonly sha256?: string;
  /** Directory with the version's files, absolute: read when nothing here has the content any more. @default - none */
  readonly source?: string;
  /** Days from its making in which the archive cannot be deleted; with 0, deleting leaves the files. */
  readonly retentionDays: number;
  readonly reason: string;
}

export interface ArchiveState extends ArchiveInputs {
  readonly uri: string;
  readonly manifestSha256: string;
}

export const archive: ResourceKind<ArchiveInputs, ArchiveState> = {
  replaces: ["stateDir", "model", "version", "sha256"],
  isShared: true,
  ignores: ["reason", "source"],
  nameOf: ({ model, version }) => `${model}/${version}`,

  complete(news, olds) {
    const sha256 = news.sha256 ?? olds?.sha256 ?? contentOf(news);
    return sha256 === undefined ? news : { ...news, sha256 };
  },

  async check(news) {
    const { model, version, sha256 } = news;
    if (sha256 === undefined) return [withoutContent(news)];
    const known = contentOf(news);
    if (known === undefined || known === sha256) return [];
    return [
      `${model} ${version}: seen content ${sha256}; allowed: ${known}, which is archived by this name. An archive is never overwritten: give the new content another version name.`,
    ];
  },

  create: make,

  async read(state) {
    const folder = findStateFolder(state.stateDir);
    return folder && (await verifyArchive(folder, state)) ? state : undefined;
  },

  stands: (folder, { model, version }) => existsSync(folder.path(archivePath(model, version))),

  update: make,

  async delete(state) {
    // Without a retention nobody has said when the record may go: it stays.
    if (env[LEAVE_ARCHIVES] === "1" || state.retentionDays === 0) return;
    const folder = openStateFolder(state.stateDir);
    // It stays the record of its time, and is found again when the version is archived again.
    if (isReinstated(folder, state) && retainedUntil(folder, state) !== undefined) return;
    removeArchive(folder, state);
  },
};

/** What is there already stays; its retention gets longer, never shorter. */
async function make(inputs: ArchiveInputs): Promise<ArchiveState> {
  const { sha256 } = inputs;
  if (sha256 === undefined) throw refusal(withoutContent(inputs));
  const { uri, manifestSha256 } = await archiveVersion(openStateFolder(inputs.stateDir), {
    ...inputs,
    content: sha256,
  });
  return { ...inputs, uri, manifestSha256 };
}

/** What is archived by this name; undefined when nothing is, or it cannot be told: what is damaged is said when it is made. */
function contentOf({ stateDir, model, version }: ArchiveInputs): string | undefined {
  const folder = findStateFolder(stateDir);
  try {
    return folder && archivedContent(folder, { model, version });
  } catch (error) {
    if (error instanceof HostError) return undefined;
    throw error;
  }
}

const withoutContent = ({ model, version }: ArchiveInputs): string =>
  `${model} ${version}: it is not in versions, and no archive of it is here that says what it held. Put ${version} back into versions with its source and hash, or take it out of retirement.`;

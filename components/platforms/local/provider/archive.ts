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
import type { StateFolder } from "../state-folder/folder.ts";
import { archivePath } from "../state-folder/paths.ts";
import type { LocalInputs, LocalKind } from "./local-kind.ts";
import { isReinstated } from "./retirement.ts";

/** What is asked of an archive of one version. */
export interface ArchiveInputs extends LocalInputs {
  /** Whose files they are. */
  readonly model: string;
  /** The version; archived once, under this name. */
  readonly version: string;
  /** The content to keep. @default what the archive of this name holds, for a version that the release has no more */
  readonly sha256?: string;
  /** Directory with the version's files, absolute: read when nothing here has the content any more. @default - none */
  readonly source?: string;
  /** Days from its making in which the archive cannot be deleted; with 0, deleting leaves the files. */
  readonly retentionDays: number;
  /** Why it was archived, for people. */
  readonly reason: string;
}

/** What the engine keeps of it. */
export interface ArchiveState extends ArchiveInputs {
  /** Where it is. */
  readonly uri: string;
  /** SHA-256 of its manifest, which names every file with its own hash. */
  readonly manifestSha256: string;
}

/** A verified copy of a version with a manifest of its files; never overwritten, and kept as long as its retention says. */
export const archive: LocalKind<ArchiveInputs, ArchiveState> = {
  replaces: ["stateDir", "model", "version", "sha256"],
  isShared: true,
  ignores: ["reason", "source"],
  nameOf: ({ model, version }) => `${model}/${version}`,

  complete(folder, news, olds) {
    const sha256 = news.sha256 ?? olds?.sha256 ?? contentOf(folder, news);
    return sha256 === undefined ? news : { ...news, sha256 };
  },

  async check(folder, news) {
    const { model, version, sha256 } = news;
    if (sha256 === undefined) return [withoutContent(news)];
    const known = contentOf(folder, news);
    if (known === undefined || known === sha256) return [];
    return [
      `${model} ${version}: seen content ${sha256}; allowed: ${known}, which is archived by this name. An archive is never overwritten: give the new content another version name.`,
    ];
  },

  create: make,

  read: async (folder, state) => ((await verifyArchive(folder, state)) ? state : undefined),

  stands: (folder, { model, version }) => existsSync(folder.path(archivePath(model, version))),

  update: make,

  async delete(folder, state) {
    // Without a retention nobody has said when the archive may be deleted, so it stays.
    if (env[LEAVE_ARCHIVES] === "1" || state.retentionDays === 0) return;
    // A version that was reinstated keeps its archive until the retention ends; archived again, it finds this one.
    if (isReinstated(folder, state) && retainedUntil(folder, state) !== undefined) return;
    removeArchive(folder, state);
  },
};

/** An archive that exists stays as it is, but for its retention, which gets longer and never shorter. */
async function make(folder: StateFolder, inputs: ArchiveInputs): Promise<ArchiveState> {
  const { sha256 } = inputs;
  if (sha256 === undefined) throw refusal(withoutContent(inputs));
  const { uri, manifestSha256 } = await archiveVersion(folder, { ...inputs, content: sha256 });
  return { ...inputs, uri, manifestSha256 };
}

/** The content archived under this name; undefined also when the archive is damaged, which making it says. */
function contentOf(folder: StateFolder | undefined, { model, version }: ArchiveInputs): string | undefined {
  try {
    return folder && archivedContent(folder, { model, version });
  } catch (error) {
    if (error instanceof HostError) return undefined;
    throw error;
  }
}

const withoutContent = ({ model, version }: ArchiveInputs): string =>
  `${model} ${version}: it is not in versions, and no archive of it is here that says what it held. Put ${version} back into versions with its source and hash, or take it out of retirement.`;

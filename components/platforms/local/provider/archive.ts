import { existsSync } from "node:fs";
import { env } from "node:process";
import { HostError } from "../../../host/host-error.ts";
import { refusal } from "../../../kit/index.ts";
import { withContent } from "../../../sources/content.ts";
import { loadSource, type SourcePart } from "../../../sources/load-source.ts";
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
  readonly content?: string;
  /** Where the files come from: read when nothing here has the content any more. @default - nowhere */
  readonly source?: SourcePart;
  /** The project's folder, absolute: sources may be relative to it. Absent without a source. */
  readonly projectDir?: string;
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
  replaces: ["stateDir", "model", "version", "content"],
  isShared: true,
  ignores: ["reason", "source", "projectDir"],
  nameOf: ({ model, version }) => `${model}/${version}`,
  upgrade: withContent,

  complete(folder, news, olds) {
    const content = news.content ?? olds?.content ?? contentOf(folder, news);
    return content === undefined ? news : { ...news, content };
  },

  async check(folder, news) {
    const { model, version, content } = news;
    if (content === undefined) return [withoutContent(news)];
    const known = contentOf(folder, news);
    if (known === undefined || known === content) return [];
    return [
      `${model} ${version}: seen content ${content}; allowed: ${known}, which is archived by this name. An archive is never overwritten: give the new content another version name.`,
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
  const { content, source: part, projectDir, ...asked } = inputs;
  if (content === undefined) throw refusal(withoutContent(inputs));
  const source = part && (await loadSource(part, { root: projectDir ?? "/" }));
  const { uri, manifestSha256 } = await archiveVersion(folder, { ...asked, content, ...(source && { source }) });
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

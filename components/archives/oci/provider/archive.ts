import { HostError } from "../../../host/host-error.ts";
import { refusal } from "../../../kit/index.ts";
import type { ResourceKind } from "../../../provider/kind.ts";
import {
  contentIn,
  digestOf,
  digestOfTag,
  pulledFrom,
  type Repository,
  readManifest,
} from "../../../registry/index.ts";
import { told } from "../archive-error.ts";
import { copyImage, refuseOtherTag } from "../copy-image.ts";
import { archiveRepository, sourceRepository, tagOf } from "../repositories.ts";
import { lackOf } from "../verify-image.ts";

/** What is asked of an archive of one version. */
export interface ArchiveInputs {
  /** Registry and repository of the archive. */
  readonly repository: string;
  /** Whose image it is. */
  readonly model: string;
  /** The version; archived once, under this name. */
  readonly version: string;
  /** The image that is kept, with its tag: where it is copied from. Absent of a version that the release has no more. */
  readonly image?: string;
  /** The digest to keep, 64 hex digits. @default what the archive has by this name, for a version that the release has no more */
  readonly content?: string;
  /** Whether the version still serves. Before it goes, every byte that is kept of it is read. */
  readonly deployed: boolean;
  /** Why it was archived, for people. */
  readonly reason: string;
}

/** What the engine keeps of it. */
export interface ArchiveState extends ArchiveInputs {
  /** Registry, repository and digest: what a cluster pulls. */
  readonly uri: string;
  /** The digest again: the hash of the manifest, which names every layer by its own. */
  readonly manifestSha256: string;
}

type Where = NodeJS.ProcessEnv;

/** An image in a repository of its own; never overwritten, and never deleted from here. */
export const archive: ResourceKind<ArchiveInputs, ArchiveState, Where> = {
  replaces: ["repository", "model", "version", "content"],
  ignores: ["reason", "image"],
  nameOf: ({ repository, model, version }) => `${repository}:${tagOf(model, version)}`,

  async complete(where, news, olds) {
    const content = news.content ?? olds?.content ?? (where && (await archivedContent(where, news)));
    return content === undefined ? news : { ...news, content };
  },

  async check(where, news, olds) {
    if (news.content === undefined) return [withoutContent(news)];
    const isSame = olds?.content === news.content && olds.repository === news.repository;
    return where === undefined || isSame ? [] : problemsOf(where, news, news.content);
  },

  create: make,

  async read(where, state) {
    const lack = await lackOf(...kept(where, state), "present");
    return lack === undefined ? state : undefined;
  },

  update: make,

  // Nothing that was archived is deleted by taking it out of a program.
  delete: async () => {},
};

/** Copies what the archive lacks; what it has already is left as it is. */
async function make(where: Where, inputs: ArchiveInputs): Promise<ArchiveState> {
  const { repository, version, image, content, deployed } = inputs;
  if (content === undefined) throw refusal(withoutContent(inputs));
  const state = { ...inputs, uri: pulledFrom(repository, content), manifestSha256: content };
  const [to, tag, digest] = kept(where, state);
  const closeness = deployed ? "present" : "read";
  const lack = await lackOf(to, tag, digest, closeness);
  if (lack === undefined) return state;
  if (image === undefined) {
    throw unkept(
      repository,
      lack,
      `Put ${version} back into versions with its source and hash: it is copied again from there.`,
    );
  }
  await copyImage({ from: sourceRepository(image, to, where), to }, digest, tag);
  const still = await lackOf(to, tag, digest, closeness);
  if (still === undefined) return state;
  throw unkept(repository, `${still} after it was copied`, "Ask who runs the registry: it does not keep what it took.");
}

const unkept = (path: string, seen: string, cure: string): HostError =>
  new HostError({ path, seen, allowed: "all of the image", cure });

const kept = (
  where: Where,
  { repository, model, version, manifestSha256 }: ArchiveState,
): readonly [Repository, string, string] => [
  archiveRepository(repository, where),
  tagOf(model, version),
  digestOf(manifestSha256),
];

/** What a version that has left the release was, as its archive says. */
async function archivedContent(
  where: Where,
  { repository, model, version }: ArchiveInputs,
): Promise<string | undefined> {
  const to = archiveRepository(repository, where);
  const digest = await told("archive", to, () => digestOfTag(to, tagOf(model, version)));
  return digest && contentIn(digest);
}

/** What would keep the copy from being made, without making it. */
async function problemsOf(where: Where, inputs: ArchiveInputs, content: string): Promise<readonly string[]> {
  const { repository, model, version, image } = inputs;
  const to = archiveRepository(repository, where);
  const digest = digestOf(content);
  try {
    await refuseOtherTag(to, tagOf(model, version), digest);
    if (image === undefined) return [];
    const from = sourceRepository(image, to, where);
    if ((await lackOf(to, tagOf(model, version), digest, "present")) !== undefined) {
      await told("source", from, () => readManifest(from, digest));
    }
    return [];
  } catch (error) {
    if (error instanceof HostError) return [error.message];
    throw error;
  }
}

const withoutContent = ({ model, version }: ArchiveInputs): string =>
  `${model} ${version}: it is not in versions, and its archive is not there to say what it held. Put ${version} back into versions with its source and hash, or take it out of retirement.`;

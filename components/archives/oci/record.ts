import { HostError } from "../../host/host-error.ts";
import { digestOf, digestOfTag } from "../../registry/index.ts";
import type { RequireRecord } from "../record.ts";
import { told } from "./archive-error.ts";
import type { OciArchiveDocument } from "./document.ts";
import { archiveRepository, tagOf } from "./repositories.ts";
import { lackOf } from "./verify-image.ts";

/** Reads every byte of an archived image. */
export const requireRecord: RequireRecord<OciArchiveDocument> = async ({ repository }, wanted, env) => {
  const { model, version, content } = wanted;
  const archive = archiveRepository(repository, env);
  const tag = tagOf(model, version);
  const kept =
    content === undefined ? await told("archive", archive, () => digestOfTag(archive, tag)) : digestOf(content);
  const lack = kept === undefined ? `no tag ${tag}` : await lackOf(archive, tag, kept, "read");
  if (lack === undefined) return;
  throw new HostError({
    path: repository,
    seen: lack,
    allowed: `all of ${version}`,
    cure: `Run pulumi up while ${version} is archived: it copies what is missing.`,
  });
};

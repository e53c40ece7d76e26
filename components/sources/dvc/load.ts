import { basename } from "node:path";
import { explainedBy, fetchedSource } from "../fetched/fetched-source.ts";
import type { Advice, Remote, RemoteError } from "../fetched/remote.ts";
import type { LoadSource, ResolveReference } from "../source.ts";
import type { ResolvedDvcSource } from "./document.ts";
import { listOutput, openObjects } from "./objects.ts";
import { findOutput, findRemote } from "./project.ts";

type Part = Omit<ResolvedDvcSource, "content">;

/**
 * What content comes from by `source: { kind: dvc }`. Requests to a bucket are signed with `AWS_ACCESS_KEY_ID` and
 * `AWS_SECRET_ACCESS_KEY` (`AWS_SESSION_TOKEN` beside them); any other remote has to be open to who reads it. DVC trusts its
 * remotes; here each object's md5 is compared, and the pin decides.
 */
export const load: LoadSource<Part> = (part, context) => fetchedSource(remoteOf(part, context.root), part, context);

function remoteOf(part: Part, root: string): Remote {
  const objects = openObjects(part, root, process.env);
  return {
    name: `dvc://${part.md5} of ${part.remote}`,
    place: objects.place,
    list: () => listOutput(objects, part.md5, part.file),
    advise,
  };
}

/** `dvc://models/fraud`, the path of an output, or of its .dvc file. */
export const resolve: ResolveReference = async (reference, { root = process.cwd() }) => {
  const path = reference.replace(/^dvc:\/\/(?:\.?\/+)*|\/+$/g, "");
  const find = async () => {
    const { md5, remote } = findOutput(root, path);
    return { md5, ...findRemote(root, remote) };
  };
  const { md5, ...at } = await explainedBy({ name: reference, advise }, find());
  const file = md5.endsWith(".dir") ? {} : { file: basename(path, ".dvc") };
  return { kind: "dvc", md5, ...file, ...at, from: reference };
};

const byCode: Readonly<Record<string, Advice>> = {
  NoOutput: {
    allowed: "the path of what dvc add or dvc repro wrote",
    cure: "Correct the path; it is relative to the project's folder.",
    field: "from",
  },
  OtherHash: {
    allowed: "an output of DVC 3, which is pinned by the md5 of its bytes",
    cure: "Bring it to DVC 3: dvc cache migrate --dvc-files, then dvc push.",
    field: "from",
  },
  VersionAware: {
    allowed: "a remote that keeps objects by their hashes",
    cure: "Take the files from the bucket itself: mlc add <version> --from s3://bucket/prefix.",
    field: "from",
  },
  NoRemote: {
    allowed: "a project of DVC with a remote",
    cure: "Add one: dvc remote add --default <name> <address>.",
    field: "remote",
  },
  OtherRemote: {
    allowed: "a remote in a bucket, over HTTP or in a folder",
    cure: "Fetch it with DVC, dvc pull, and name the directory: source: { kind: path }.",
    field: "remote",
  },
  NoFile: { allowed: "an output with files", cure: "Add files to it: dvc add, then dvc push.", field: "md5" },
};

function advise({ status, code }: RemoteError): Advice {
  const known = byCode[code ?? ""];
  if (known !== undefined) return known;
  const allowed = "objects that the remote gives out";
  if (status === 401 || status === 403) {
    const cure =
      "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a login that may read it; a remote over HTTP has to be open.";
    return { allowed, cure, field: "remote" };
  }
  if (status === 404) return { allowed, cure: "Push it there: dvc push. Or correct remote.", field: "remote" };
  if (status !== undefined && status < 500)
    return { allowed, cure: "Correct remote, region or endpoint.", field: "remote" };
  return { allowed, cure: "Ask again when the remote answers.", field: "remote" };
}

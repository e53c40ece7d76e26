import { documentKind, type SourceKind } from "../../release/kind.ts";
import { renderSeen } from "../../release/problems.ts";
import * as scalars from "../../release/scalars.ts";
import { optional } from "../../release/section.ts";
import { bucketFields, type InBucket, type ResolvedBucketPlace, resolveBucketPlace } from "../bucket-place.ts";
import { contentOf, fetchedFields, PIN_FIELD } from "../pinned.ts";

/** `source` of a version whose files DVC has pushed to a remote. */
export interface DvcSourceDocument extends InBucket {
  /** dvc: an output of DVC 3, a directory or a file, in the remote that it was pushed to. */
  readonly kind: "dvc";
  /** What DVC calls the output: 32 lower-case hex digits, with `.dir` behind them for a directory. `mlc add` reads it from the .dvc file or from dvc.lock. */
  readonly md5: string;
  /** The remote: `s3://bucket/prefix`, an address with http:// or https:// that is open to who reads it, or a folder: absolute, or relative to the project's folder. */
  readonly remote: string;
  /** What the file is called in the version's directory. Only for a file: a directory lists its names. */
  readonly file?: string;
}

/** The same, resolved. */
export interface ResolvedDvcSource extends ResolvedBucketPlace {
  readonly kind: "dvc";
  readonly md5: string;
  readonly remote: string;
  /** Absent: a directory. */
  readonly file?: string;
  readonly allowPickle?: string;
  /** What the files must be. */
  readonly content: string;
}

const md5 = scalars.scalar(
  {
    allowed: "what DVC calls an output: 32 lower-case hex digits, with .dir behind them for a directory",
    example: '"3ca03e7f…dir"',
    cure: "Read it from the .dvc file or dvc.lock: mlc add <version> --from dvc://models/fraud",
  },
  /^[0-9a-f]{32}(?:\.dir)?$/,
);

const remote = scalars.scalar(
  {
    allowed:
      "s3://bucket/prefix, an address with http:// or https:// and without a login, or a folder; without a slash at its end",
    example: '"s3://models/dvc"',
  },
  /^(?:s3:\/\/[a-z0-9][a-z0-9._-]{1,61}[a-z0-9](?:\/[^\s?#]*[^\s?#/])?|https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*[^\s?#/])?|(?![A-Za-z][A-Za-z0-9+.-]*:)[^\\\0\n\r]*[^\\\0\n\r/])$/,
  { length: 400 },
);

/** What a remote of DVC brings to the document. */
export const dvcSource: SourceKind<DvcSourceDocument, ResolvedDvcSource> = {
  ...documentKind<DvcSourceDocument, ResolvedDvcSource>({
    kind: "dvc",
    describedBy: "DvcSourceDocument",
    fields: {
      md5,
      remote,
      file: optional(scalars.path("model.onnx")),
      ...bucketFields,
      ...fetchedFields,
    },
    check({ md5: output, file }, report) {
      if (typeof output !== "string" || output.endsWith(".dir") === (file === undefined)) return;
      const [allowed, cure] =
        file === undefined
          ? ["the name of the file that the output is", "Write what it is called: file: model.onnx."]
          : ["no name beside a directory, which lists its own", "Remove file."];
      report(["file"], renderSeen(file), allowed, cure);
    },
    resolve: ({ kind, md5: output, remote: at, file, allowPickle, ...rest }) => ({
      kind,
      md5: output,
      remote: at,
      ...(file !== undefined && { file }),
      ...resolveBucketPlace(rest),
      ...(allowPickle !== undefined && { allowPickle }),
      content: contentOf(rest),
    }),
  }),
  pinField: PIN_FIELD,
  reference: { form: /^dvc:\/\//, example: "dvc://models/fraud" },
};

import { documentKind, type SourceKind } from "../../release/kind.ts";
import * as scalars from "../../release/scalars.ts";
import { listOf, optional } from "../../release/section.ts";
import { contentOf, type Fetched, fetchedFields, PIN_FIELD } from "../pinned.ts";

/** Where the hub is. */
export const HUB = "https://huggingface.co";

/** `source` of a version whose files stand in a repository of the Hugging Face hub. */
export interface HuggingfaceSourceDocument extends Fetched {
  /** huggingface: files of a commit in a repository of models on the Hugging Face hub. */
  readonly kind: "huggingface";
  /** The repository: `org/model`. */
  readonly repo: string;
  /** The commit, 40 lower-case hex digits: a branch or a tag moves. `mlc add` looks it up. */
  readonly commit: string;
  /** Which of its files, 1 to 20 patterns: `*` stands for any characters, slashes too, `?` for one. @default all */
  readonly include?: readonly string[];
  /** Another hub of the same kind. HF_TOKEN goes to the hub of HF_ENDPOINT alone. @default https://huggingface.co */
  readonly endpoint?: string;
}

/** The same, resolved. */
export interface ResolvedHuggingfaceSource {
  readonly kind: "huggingface";
  readonly repo: string;
  readonly commit: string;
  /** Absent: all. */
  readonly include?: readonly string[];
  readonly endpoint: string;
  readonly allowPickle?: string;
  /** What the files must be. */
  readonly content: string;
}

const repository = scalars.scalar(
  { allowed: "organisation and name, with a slash between them", example: '"org/model"' },
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}\/[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/,
);

const commit = scalars.scalar(
  {
    allowed: "a commit: 40 lower-case hex digits",
    example: '"1a2b3c…"',
    cure: "A branch or a tag moves. Look its commit up: mlc add <version> --from hf://org/model@main",
  },
  /^[0-9a-f]{40}$/,
);

const pattern = scalars.scalar({ allowed: "a pattern of paths", example: '"*.safetensors"' }, /^[^\n\r\0]+$/);

/** What a repository of the hub brings to the document. */
export const huggingfaceSource: SourceKind<HuggingfaceSourceDocument, ResolvedHuggingfaceSource> = {
  ...documentKind<HuggingfaceSourceDocument, ResolvedHuggingfaceSource>({
    kind: "huggingface",
    describedBy: "HuggingfaceSourceDocument",
    fields: {
      repo: repository,
      commit,
      include: optional(listOf(pattern, { least: 1, most: 20 }, "a list of 1 to 20 patterns")),
      endpoint: optional(scalars.address(HUB)),
      ...fetchedFields,
    },
    resolve: ({ kind, repo, commit: at, include, endpoint = HUB, allowPickle, ...rest }) => ({
      kind,
      repo,
      commit: at,
      ...(include !== undefined && { include }),
      endpoint,
      ...(allowPickle !== undefined && { allowPickle }),
      content: contentOf(rest),
    }),
  }),
  pinField: PIN_FIELD,
  reference: { form: /^hf:\/\//, example: "hf://org/model@main" },
};

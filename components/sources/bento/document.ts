import { documentKind, type SourceKind } from "../../release/kind.ts";
import { renderSeen } from "../../release/problems.ts";
import * as scalars from "../../release/scalars.ts";
import { optional } from "../../release/section.ts";
import { contentOf, type Fetched, fetchedFields, PIN_FIELD } from "../pinned.ts";

/** `source` of a version that BentoML has packed. */
export interface BentoSourceDocument extends Fetched {
  /** bento: what BentoML has packed, in its store on this machine or in a file that it exported: a Bento with the models that it names, or a model. */
  readonly kind: "bento";
  /** Name and version of a Bento in the store (`BENTOML_HOME`, by default `~/bentoml`): `fraud:kx2…`. `latest` moves, and `mlc add` looks it up. One of `bento`, `model` and `archive` is needed. */
  readonly bento?: string;
  /** Name and version of a model in the store, which no service comes with. */
  readonly model?: string;
  /** The file that `bentoml export` or `bentoml models export` wrote, relative to the project's folder: xz, gzip, bzip2 or plain tar. `tar` unpacks it. */
  readonly archive?: string;
}

/** The same, resolved: one of `bento`, `model` and `archive`. */
export interface ResolvedBentoSource {
  readonly kind: "bento";
  readonly bento?: string;
  readonly model?: string;
  readonly archive?: string;
  readonly allowPickle?: string;
  /** What the files must be. */
  readonly content: string;
}

const word = "[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?";

const tag = scalars.scalar(
  {
    allowed: "name and version as BentoML writes them, with a colon between them",
    example: '"fraud:tnkakfhkuwt3eax4"',
    cure: "latest moves. Look its version up: mlc add <version> --from bento://fraud:latest",
  },
  new RegExp(`^${word}:(?!latest$)${word}$`),
);

/** What BentoML brings to the document. */
export const bentoSource: SourceKind<BentoSourceDocument, ResolvedBentoSource> = {
  ...documentKind<BentoSourceDocument, ResolvedBentoSource>({
    kind: "bento",
    describedBy: "BentoSourceDocument",
    fields: {
      bento: optional(tag),
      model: optional(tag),
      archive: optional(scalars.path("models/fraud.bento")),
      ...fetchedFields,
    },
    check({ bento, model, archive }, report) {
      const named = Object.entries({ bento, model, archive }).filter(([, value]) => value !== undefined);
      if (named.length === 1) return;
      const [field, value] = named[1] ?? ["bento", undefined];
      const cure = "Write one of them; mlc add <version> --from bento://<name>:latest looks it up.";
      report([field], renderSeen(value), "one of bento, model and archive", cure);
    },
    resolve: ({ kind, bento, model, archive, allowPickle, ...rest }) => ({
      kind,
      ...(bento !== undefined && { bento }),
      ...(model !== undefined && { model }),
      ...(archive !== undefined && { archive }),
      ...(allowPickle !== undefined && { allowPickle }),
      content: contentOf(rest),
    }),
  }),
  pinField: PIN_FIELD,
  reference: { form: /^bento:\/\//, example: "bento://fraud:latest" },
};

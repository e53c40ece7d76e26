import { documentKind, type SourceKind } from "../../release/kind.ts";
import { renderSeen } from "../../release/problems.ts";
import * as scalars from "../../release/scalars.ts";
import { optional } from "../../release/section.ts";
import { contentOf, type Fetched, fetchedFields, PIN_FIELD } from "../pinned.ts";

/** `source` of a version whose files an MLflow tracking server hands out. */
export interface MlflowSourceDocument extends Fetched {
  /** mlflow: the files of a model that an MLflow tracking server hands out. */
  readonly kind: "mlflow";
  /** The tracking server's address. A login goes to the server of MLFLOW_TRACKING_URI alone. */
  readonly server: string;
  /** The model: `m-` and 32 hex digits, as MLflow 3 names it. `mlc add` looks it up. This or `artifacts` is needed. */
  readonly modelId?: string;
  /** Where the files are where no model has them, as before MLflow 3: `mlflow-artifacts:/…`. */
  readonly artifacts?: string;
}

/** The same, resolved. */
export interface ResolvedMlflowSource {
  readonly kind: "mlflow";
  readonly server: string;
  /** Either this or `artifacts`. */
  readonly modelId?: string;
  readonly artifacts?: string;
  readonly allowPickle?: string;
  /** What the files must be. */
  readonly content: string;
}

const modelId = scalars.scalar(
  { allowed: "the id of a model: m- and 32 lower-case hex digits", example: '"m-094a832fdc50449cb4b15c3dea83556b"' },
  /^m-[0-9a-f]{32}$/,
);

const artifacts = scalars.scalar(
  {
    allowed: "an artifact address of the tracking server: mlflow-artifacts:/ and a path",
    example: '"mlflow-artifacts:/0/bc22…/artifacts/model"',
  },
  /^mlflow-artifacts:\/(?!\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))[^\\\0\n\r?#]*[^\\\0\n\r/?#]$/,
  { length: 1000 },
);

/** What a tracking server of MLflow brings to the document. */
export const mlflowSource: SourceKind<MlflowSourceDocument, ResolvedMlflowSource> = {
  ...documentKind<MlflowSourceDocument, ResolvedMlflowSource>({
    kind: "mlflow",
    describedBy: "MlflowSourceDocument",
    fields: {
      server: scalars.address("https://mlflow.example.com"),
      modelId: optional(modelId),
      artifacts: optional(artifacts),
      ...fetchedFields,
    },
    check(part, report) {
      if ((part.modelId === undefined) !== (part.artifacts === undefined)) return;
      const field = part.artifacts === undefined ? "modelId" : "artifacts";
      const cure = "Write one of them; mlc add <version> --from models:/<name>@<alias> looks it up.";
      report([field], renderSeen(part[field]), "modelId or artifacts, and not both", cure);
    },
    resolve: ({ kind, server, modelId: id, artifacts: at, allowPickle, ...rest }) => ({
      kind,
      server,
      ...(id !== undefined && { modelId: id }),
      ...(at !== undefined && { artifacts: at }),
      ...(allowPickle !== undefined && { allowPickle }),
      content: contentOf(rest),
    }),
  }),
  pinField: PIN_FIELD,
  reference: { form: /^(?:models|runs):\//, example: "models:/sentiment@champion" },
};

import { type DocumentKind, documentKind } from "../../release/kind.ts";
import * as scalars from "../../release/scalars.ts";
import { byName, optional } from "../../release/section.ts";

/** `modelRegistry` of a release whose versions are registered in MLflow. */
export interface MlflowRegistryDocument {
  /** mlflow: the registered model of an MLflow tracking server gets aliases and tags. */
  readonly kind: "mlflow";
  /** The tracking server's address. A login goes to the server of MLFLOW_TRACKING_URI alone. Another one leaves the first as it is. @default the server that the versions come from */
  readonly server?: string;
  /** The registered model. Another one leaves the first as it is. @default the name in the versions' `from`: `models:/sentiment@champion` */
  readonly model?: string;
  /** Which version of the registered model a version of the release is, by name: needed for one whose source is not mlflow, or that has no `modelId`. @default the registered version with the same `modelId` */
  readonly registered?: Readonly<Record<string, string>>;
  /** The alias of stable. Another one takes the first away. @default champion */
  readonly stableAlias?: string;
  /** The alias of the candidate; nobody has it while no rollout runs. Another one takes the first away. @default challenger */
  readonly candidateAlias?: string;
  /** Where people find what the verdicts rest on: an address that each version is tagged with; {version} is filled in. @default no tag */
  readonly evidence?: string;
}

/** The same, resolved. */
export interface ResolvedMlflowRegistry {
  readonly kind: "mlflow";
  readonly server?: string;
  readonly model?: string;
  readonly registered: Readonly<Record<string, string>>;
  readonly stableAlias: string;
  readonly candidateAlias: string;
  readonly evidence?: string;
}

const alias = scalars.scalar(
  {
    allowed:
      "letters, digits, hyphens and underscores, beginning with a letter, not v and a number, not latest, at most 63 characters",
    example: '"champion"',
  },
  /^(?!v\d+$)(?!latest$)[a-zA-Z][\w-]*$/,
  { length: 63 },
);

const modelName = scalars.scalar(
  { allowed: "a registered model's name: one line without / and :, at most 200 characters", example: '"sentiment"' },
  /^[^\s/:](?:[^\n\r/:]*[^\s/:])?$/,
);

const evidence = scalars.scalar(
  {
    allowed: "an address that begins with http:// or https://, without a login",
    example: '"https://reports.example.com/sentiment/{version}"',
  },
  /^https?:\/\/[^\s/@]+(?:\/[^\s@]*)?$/,
  { length: 1000 },
);

/** What MLflow's registry brings to the document. */
export const mlflowRegistry: DocumentKind<MlflowRegistryDocument, ResolvedMlflowRegistry> = documentKind<
  MlflowRegistryDocument,
  ResolvedMlflowRegistry
>({
  kind: "mlflow",
  describedBy: "MlflowRegistryDocument",
  fields: {
    server: optional(scalars.address("https://mlflow.example.com")),
    model: optional(modelName),
    registered: optional(
      byName(
        scalars.label(20, "v1"),
        scalars.integer('a registered version\'s number, "1" to "99999"', "3", 1, 99_999),
        "numbers of registered versions by the release's version",
      ),
    ),
    stableAlias: optional(alias),
    candidateAlias: optional(alias),
    evidence: optional(evidence),
  },
  check({ stableAlias = aliasDefaults.stableAlias, candidateAlias = aliasDefaults.candidateAlias }, report) {
    if (stableAlias !== candidateAlias) return;
    report(
      ["candidateAlias"],
      `"${String(candidateAlias)}", which is stable's`,
      "an alias of its own",
      "Name another.",
    );
  },
  resolve: (part) => ({ registered: {}, ...aliasDefaults, ...part }),
  brings: { plugin: { name: "model-lifecycle-mlflow", path: "dist/components/model-registries/mlflow/provider" } },
});

/** What people of this field call the two. */
export const aliasDefaults: { readonly stableAlias: string; readonly candidateAlias: string } = {
  stableAlias: "champion",
  candidateAlias: "challenger",
};

import * as pulumi from "@pulumi/pulumi";
import { refusal } from "../../kit/index.ts";
import { ReleaseError, type ResolvedRelease } from "../../release/index.ts";
import type { RegistryContext, RegistryPlan, RegistryWriter } from "../registry-writer.ts";
import { aliasDefaults, type MlflowRegistryDocument } from "./document.ts";
import type { LookupInputs } from "./provider/lookup.ts";
import type { NotesInputs } from "./provider/notes.ts";
import { registeredIn } from "./registered.ts";
import { rolesOf } from "./roles.ts";

type Args<T> = { readonly [K in keyof T]: pulumi.Input<T[K]> };

/** The numbers of registered versions. */
class Lookup extends pulumi.CustomResource {
  declare readonly numbers: pulumi.Output<Readonly<Record<string, string>>>;

  constructor(name: string, args: Args<LookupInputs>, opts: pulumi.CustomResourceOptions) {
    super("model-lifecycle-mlflow:index:Lookup", name, { numbers: undefined, ...args }, opts);
  }
}

/** What the registry says of this stack's versions. */
class Notes extends pulumi.CustomResource {
  /** Why it does not say it; empty when it does. */
  declare readonly trouble: pulumi.Output<string>;

  constructor(name: string, args: Args<NotesInputs>, opts: pulumi.CustomResourceOptions) {
    super("model-lifecycle-mlflow:index:Notes", name, { trouble: undefined, ...args }, opts);
  }
}

/** What MLflow's registry is told by. */
export interface MlflowRegistrySettings extends Omit<MlflowRegistryDocument, "kind"> {
  /**
   * The login, a secret of the stack: encrypted in its state. Another one is used from the next change on.
   * @default MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, at the server of MLFLOW_TRACKING_URI
   */
  readonly token?: pulumi.Input<string>;
}

/**
 * Keeps aliases and tags of a registered model as the release is: stable has the alias `champion`, the candidate `challenger`
 * while its rollout runs, and each version tags that say what it is, what came of its rollout, and where it serves.
 *
 * @example new ModelRegistry("sentiment-registry", { release, endpoint, registry: mlflowRegistry({ evidence: "https://reports.example.com/{version}" }) })
 * @throws pulumi.RunError with every version that MLflow has no name for
 */
export const mlflowRegistry = (settings: MlflowRegistrySettings = {}): RegistryWriter => ({
  write: (context, plan) => write(context, plan, settings),
});

function write(
  { name, parent, after }: RegistryContext,
  { release, url }: RegistryPlan,
  settings: MlflowRegistrySettings,
) {
  const { token: login, evidence, registered = {}, ...named } = settings;
  const found = registeredIn(release, { ...named, registered });
  if ("problems" in found) throw refusal(new ReleaseError(found.problems).message);
  const { server, model, versions } = found;
  const place = { server, model, ...(login !== undefined && { token: pulumi.secret(login) }) };
  const aliases = aliasesOf(release, settings);
  const lookup = new Lookup(`${name}-lookup`, { ...place, versions, needed: Object.values(aliases) }, { parent });
  const notes = new Notes(
    `${name}-notes`,
    {
      ...place,
      stack: `${pulumi.getProject()}/${pulumi.getStack()}`,
      endpoint: url,
      evidence: evidenceOf(Object.keys(versions), evidence),
      numbers: lookup.numbers,
      roles: rolesOf(release),
      aliases,
    },
    { parent, dependsOn: [...after] },
  );
  notes.trouble.apply((trouble) => {
    if (trouble) void pulumi.log.warn(`${trouble} What serves is not touched by it.`, notes);
  });
}

function aliasesOf({ rollout }: ResolvedRelease, settings: MlflowRegistrySettings): Readonly<Record<string, string>> {
  const { stableAlias, candidateAlias } = { ...aliasDefaults, ...settings };
  const { stable, candidate } = rollout;
  return { [stableAlias]: stable, ...(candidate !== undefined && { [candidateAlias]: candidate }) };
}

const evidenceOf = (versions: readonly string[], address: string | undefined): Readonly<Record<string, string>> =>
  address === undefined
    ? {}
    : Object.fromEntries(versions.map((version) => [version, address.replaceAll("{version}", version)]));

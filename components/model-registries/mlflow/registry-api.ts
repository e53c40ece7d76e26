import { z } from "zod";
import { RemoteError } from "../../sources/fetched/remote.ts";
import { openTrackingServer } from "../../sources/mlflow/tracking-server.ts";

/** Where a registered model is, and by what it is asked. */
export interface RegistryPlace {
  readonly server: string;
  /** The registered model. */
  readonly model: string;
  /** The login, where it is not the environment's. */
  readonly token?: string;
}

/** A version of a registered model. */
export interface RegisteredVersion {
  readonly number: string;
  /** The model that it was registered from; absent before MLflow 3. */
  readonly modelId?: string;
  readonly tags: Readonly<Record<string, string>>;
}

const tags = z.array(z.object({ key: z.string(), value: z.string().default("") })).default([]);
const version = z.object({
  version: z.string(),
  source: z.string().default(""),
  model_id: z.string().default(""),
  tags,
});
const found = z.object({ model_versions: z.array(version).default([]), next_page_token: z.string().default("") });
const model = z.object({
  registered_model: z.object({
    aliases: z.array(z.object({ alias: z.string(), version: z.string() })).default([]),
  }),
});

/** What is asked of a registry and told to it: https://mlflow.org/docs/latest/api_reference/rest-api.html. All of it throws RemoteError. */
export interface RegistryApi {
  /** Every version, by number. */
  readonly versions: () => Promise<ReadonlyMap<string, RegisteredVersion>>;
  /** Numbers by alias. */
  readonly aliases: () => Promise<Readonly<Record<string, string>>>;
  readonly setAlias: (alias: string, number: string) => Promise<void>;
  readonly deleteAlias: (alias: string) => Promise<void>;
  readonly setTag: (number: string, key: string, value: string) => Promise<void>;
  readonly deleteTag: (number: string, key: string) => Promise<void>;
}

/** Opens the registry of one model. */
export function openRegistry({ server, model: name, token }: RegistryPlace, env: NodeJS.ProcessEnv): RegistryApi {
  const { ask, tell } = openTrackingServer(server, env, token);
  return {
    async versions() {
      const all = new Map<string, RegisteredVersion>();
      let page = "";
      do {
        const filter = `name=${quoted(name)}`;
        const query = new URLSearchParams({ filter, max_results: "1000", ...(page !== "" && { page_token: page }) });
        const answer = await ask(`mlflow/model-versions/search?${query}`, found);
        for (const each of answer.model_versions) all.set(each.version, versionOf(each));
        page = answer.next_page_token;
      } while (page !== "");
      return all;
    },
    async aliases() {
      const { registered_model } = await ask(`mlflow/registered-models/get?${new URLSearchParams({ name })}`, model);
      return Object.fromEntries(registered_model.aliases.map(({ alias, version: number }) => [alias, number]));
    },
    setAlias: (alias, number) => tell("POST", "mlflow/registered-models/alias", { name, alias, version: number }),
    deleteAlias: (alias) => tell("DELETE", "mlflow/registered-models/alias", { name, alias }),
    setTag: (number, key, value) =>
      tell("POST", "mlflow/model-versions/set-tag", { name, version: number, key, value }),
    deleteTag: (number, key) => tell("DELETE", "mlflow/model-versions/delete-tag", { name, version: number, key }),
  };
}

function versionOf({ version: number, source, model_id, tags: listed }: z.output<typeof version>): RegisteredVersion {
  const [, fromSource] = /^models:\/(m-[0-9a-f]{32})$/.exec(source) ?? [];
  const modelId = model_id || fromSource;
  return {
    number,
    ...(modelId !== undefined && { modelId }),
    tags: Object.fromEntries(listed.map(({ key, value }) => [key, value])),
  };
}

/** A text in a filter, which knows no escape. @throws RemoteError for one that holds both kinds of quotes */
function quoted(text: string): string {
  if (!text.includes("'")) return `'${text}'`;
  if (!text.includes('"')) return `"${text}"`;
  throw new RemoteError(`a name with both kinds of quotes cannot be asked for: ${text}`);
}

/** What went wrong at a registry, as one sentence with what to do about it. */
export function explained(error: RemoteError, { server, model: name }: RegistryPlace): string {
  return `modelRegistry: ${error.message}; allowed: a tracking server that takes notes on ${name}. ${cureOf(error, server)}`;
}

function cureOf({ status }: RemoteError, server: string): string {
  if (status === 401 || status === 403) {
    return `Log in as who may edit the registered model: set MLFLOW_TRACKING_URI=${server}, and MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.`;
  }
  if (status === 404) return "Register the model there, or correct modelRegistry.model or modelRegistry.server.";
  return "Run pulumi up again when it answers, or take modelRegistry out, which leaves the registry as it is.";
}

import { isDeepStrictEqual } from "node:util";
import { refusal } from "../../../kit/index.ts";
import type { ResourceKind } from "../../../provider/kind.ts";
import { RemoteError } from "../../../sources/fetched/remote.ts";
import type { Wanted } from "../registered.ts";
import { explained, openRegistry, type RegisteredVersion, type RegistryPlace } from "../registry-api.ts";

/** Which versions of a registered model are asked for. */
export interface LookupInputs extends RegistryPlace {
  readonly versions: Readonly<Record<string, Wanted>>;
  /** Versions that get an alias: stable, and the candidate. */
  readonly needed: readonly string[];
  /** What they are, by version of the release; what was found once is not asked again. @default asked for */
  readonly numbers?: Readonly<Record<string, string>>;
}

type Where = NodeJS.ProcessEnv;

/**
 * The numbers of registered versions. They are found while a deployment is planned, so that a registry that is away stops
 * a new version before anything is deployed; what is known already needs no registry, so that the way back is open always.
 */
export const lookup: ResourceKind<LookupInputs, LookupInputs, Where> = {
  replaces: ["server", "model"],
  ignores: ["needed", "token"],
  nameOf: ({ server, model }) => `${server}/${model}`,

  async complete(where, news, olds) {
    const isSame = olds?.server === news.server && olds.model === news.model;
    const known = Object.entries(isSame ? (olds.numbers ?? {}) : {}).filter(
      ([version]) => news.versions[version] && isDeepStrictEqual(olds?.versions[version], news.versions[version]),
    );
    const numbers = Object.fromEntries(known);
    const missing = Object.keys(news.versions).filter((version) => !(version in numbers));
    if (missing.length === 0 || where === undefined) return { ...news, numbers };
    return { ...news, numbers: { ...numbers, ...(await find(where, news, missing)) } };
  },

  create: async (_where, inputs) => inputs,

  read: async (_where, state) => state,

  // Nothing stands there that would have been made.
  delete: async () => {},
};

/** @throws pulumi.RunError with every version that is not registered; when nobody answers, only where an alias waits for it */
async function find(where: Where, news: LookupInputs, missing: readonly string[]): Promise<Record<string, string>> {
  const registered = await openRegistry(news, where)
    .versions()
    .catch((error: unknown) => {
      if (!(error instanceof RemoteError)) throw error;
      if (missing.some((version) => news.needed.includes(version))) throw refusal(explained(error, news));
      return undefined;
    });
  if (registered === undefined) return {};
  const found = missing.map((version) => [version, numberOf(registered, news.versions[version])] as const);
  const lacking = found.flatMap(([version, number]) => (number === undefined ? [version] : []));
  if (lacking.length > 0) throw refusal(lacking.map((version) => notRegistered(news, version)).join("\n"));
  return Object.fromEntries(found.flatMap(([version, number]) => (number === undefined ? [] : [[version, number]])));
}

/** Registered twice, a model is the later of the two. */
function numberOf(registered: ReadonlyMap<string, RegisteredVersion>, wanted: Wanted | undefined): string | undefined {
  if (wanted === undefined) return undefined;
  if ("number" in wanted) return registered.get(wanted.number)?.number;
  const same = [...registered.values()].filter(({ modelId }) => modelId === wanted.modelId);
  return same.toSorted((one, other) => Number(other.number) - Number(one.number))[0]?.number;
}

function notRegistered({ server, model, versions }: LookupInputs, version: string): string {
  const wanted = versions[version];
  const what = wanted === undefined ? "it" : "number" in wanted ? `version ${wanted.number}` : wanted.modelId;
  return `modelRegistry: ${version}: seen no ${what} among the versions of ${model} at ${server}; allowed: one that is registered there. Register it, or write the number that it has: modelRegistry: { registered: { ${version}: "7" } }.`;
}

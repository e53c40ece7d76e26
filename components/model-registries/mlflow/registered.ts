import type { Problem, ResolvedRelease, ResolvedVersion } from "../../release/index.ts";
import type { ResolvedMlflowRegistry } from "./document.ts";

/** Which version of a registered model is meant: by its number, or by the id of the model that it was registered from. */
export type Wanted = { readonly number: string } | { readonly modelId: string };

/** Where a release's versions are registered. */
export interface Registered {
  /** The tracking server's address. */
  readonly server: string;
  /** The registered model. */
  readonly model: string;
  readonly versions: Readonly<Record<string, Wanted>>;
}

type Named = Pick<ResolvedMlflowRegistry, "server" | "model" | "registered">;

/** Says where a release's versions are registered, or everything that keeps it from being told. */
export function registeredIn(
  release: ResolvedRelease,
  settings: Named,
): Registered | { readonly problems: readonly Problem[] } {
  const { origin, versions } = release;
  const servers = distinct(Object.values(versions).map(serverOf));
  const models = distinct(Object.values(versions).map(modelOf));
  const [server = ""] = settings.server === undefined ? servers : [settings.server];
  const [model = ""] = settings.model === undefined ? models : [settings.model];
  const wanted = Object.entries(versions).map(([name, version]) => [name, wantedOf(name, version, settings)] as const);
  const problems = [
    ...(settings.server === undefined ? oneOnly(`${origin}.modelRegistry.server`, servers, "tracking server") : []),
    ...(settings.model === undefined ? oneOnly(`${origin}.modelRegistry.model`, models, "registered model") : []),
    ...Object.keys(settings.registered).flatMap((name) => (name in versions ? [] : [unknownVersion(origin, name)])),
    ...wanted.flatMap(([name, found]) => (found === undefined ? [unregistered(release, name)] : [])),
  ];
  if (problems.length > 0) return { problems };
  return {
    server,
    model,
    versions: Object.fromEntries(wanted.flatMap(([name, found]) => (found ? [[name, found]] : []))),
  };
}

const serverOf = ({ source }: ResolvedVersion): string | undefined =>
  source.kind === "mlflow" ? source.server : undefined;

const modelOf = ({ source, from = "" }: ResolvedVersion): string | undefined =>
  source.kind === "mlflow" ? referenceOf(from).name : undefined;

/** The parts of `models:/name@alias` and `models:/name/7`. */
function referenceOf(from: string): { readonly name?: string; readonly number?: string } {
  const [, name, number] = /^models:\/([^/@]+)(?:@[^/@]+|\/(\d+))$/.exec(from) ?? [];
  return { ...(name !== undefined && { name }), ...(number !== undefined && { number }) };
}

/** A number that stands in the reference may be another model's by now: the id is asked for where there is one. */
function wantedOf(name: string, { source, from = "" }: ResolvedVersion, { registered }: Named): Wanted | undefined {
  const said = registered[name];
  if (said !== undefined) return { number: said };
  if (source.kind !== "mlflow") return undefined;
  if (source.modelId !== undefined) return { modelId: source.modelId };
  const { number } = referenceOf(from);
  return number === undefined ? undefined : { number };
}

const distinct = (names: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(names.filter((name) => name !== undefined)),
];

function oneOnly(path: string, seen: readonly string[], what: string): readonly Problem[] {
  if (seen.length === 1) return [];
  const field = path.split(".").at(-1);
  return [
    {
      path,
      seen:
        seen.length === 0 ? "nothing, and no version tells it" : `nothing, and the versions tell ${seen.join(" and ")}`,
      allowed: `one ${what}`,
      cure: `Write ${field}.`,
    },
  ];
}

const unknownVersion = (origin: string, name: string): Problem => ({
  path: `${origin}.modelRegistry.registered.${name}`,
  seen: "a version that is not in versions",
  allowed: "versions of the release",
  cure: `Take it out, or add ${name} to versions.`,
});

function unregistered({ origin, versions }: ResolvedRelease, name: string): Problem {
  const { kind } = versions[name]?.source ?? {};
  return {
    path: `${origin}.versions.${name}.source`,
    seen: kind === "mlflow" ? "mlflow without modelId, and from names no number" : `kind "${kind}"`,
    allowed: "what is registered in MLflow: kind mlflow with its modelId, or a number in modelRegistry.registered",
    cure: `Register ${name} in MLflow and write its number: modelRegistry: { registered: { ${name}: "7" } }.`,
  };
}

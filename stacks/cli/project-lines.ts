import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type Brought, broughtBy, type Plugin } from "../../components/release/kind.ts";
import { archiveKinds, modelRegistryKinds, platformKinds } from "../../components/release/kinds.ts";
import { isMapping } from "./render-yaml.ts";
import { kindIn } from "./stack-file.ts";

/** What a kind of platform brings along; where it cannot be told which is meant, what the first does. */
export const broughtByPlatform = (kind: string | undefined): Brought =>
  broughtBy(platformKinds, platformKinds.find((each) => each.kind === kind) ?? platformKinds[0] ?? {});

/** What of a release brings plugins: the kinds that it names. */
export interface NamedKinds {
  readonly platform: string | undefined;
  readonly archive?: string | undefined;
  readonly modelRegistry?: string | undefined;
}

/** The kinds that a release names, which may be malformed. */
export const kindsNamedIn = (release: unknown): NamedKinds => ({
  platform: kindIn(release, "platform"),
  archive: kindIn(release, "archive"),
  modelRegistry: kindIn(release, "modelRegistry"),
});

/** The plugins that a release needs, by the kinds that it names. */
export const pluginsOf = ({ platform, archive, modelRegistry }: NamedKinds): readonly Plugin[] =>
  [
    broughtByPlatform(platform),
    broughtBy(archiveKinds, { kind: archive }),
    broughtBy(modelRegistryKinds, { kind: modelRegistry }),
  ].flatMap(({ plugin }) => plugin ?? []);

/** What a Pulumi.yaml lacks: the lines to write into it, by what they are for. */
export interface MissingLines {
  readonly provider?: readonly string[];
  readonly refresh?: readonly string[];
}

type ProjectFile = Readonly<Record<string, unknown>>;

/**
 * @param library Path of the package, relative to the folder of Pulumi.yaml
 * @param plugins what the stack's platform and archive need
 */
export function missingLines(file: ProjectFile, library: string, plugins: readonly Plugin[]): MissingLines {
  const { options } = file;
  const missing = plugins.filter((plugin) => providerPath(file, plugin) === undefined);
  return {
    ...(missing.length > 0 ? { provider: providerLines(library, missing) } : {}),
    ...(isMapping(options) && options.refresh === "always" ? {} : { refresh: refreshLines }),
  };
}

/** Where Pulumi.yaml says that a plugin is. */
export function providerPath(file: ProjectFile, { name }: Plugin): string | undefined {
  const providers = isMapping(file.plugins) ? file.plugins.providers : undefined;
  const named = (Array.isArray(providers) ? providers : []).find((each) => isMapping(each) && each.name === name);
  return isMapping(named) && typeof named.path === "string" ? named.path : undefined;
}

/** The lines of Pulumi.yaml that name plugins. @param library Path of the package, relative to the folder of Pulumi.yaml */
export const providerLines = (library: string, plugins: readonly Plugin[]): readonly string[] =>
  plugins.length === 0
    ? []
    : [
        ...["plugins:", "  providers:"],
        ...plugins.flatMap(({ name, path }) => [`    - name: ${name}`, `      path: ${library}/${path}`]),
      ];

/** The lines of Pulumi.yaml that let each run look at what is really there. */
export const refreshLines: readonly string[] = [
  "options:",
  "  refresh: always # look at what really runs before each preview",
];

/** Where Node would find a package from here: in this folder's node_modules, or in one above it. */
export function findPackage(root: string, packageName: string): { readonly path: string; readonly installed: boolean } {
  const name = join("node_modules", packageName);
  for (let folder = root; ; folder = dirname(folder)) {
    const path = join(folder, name);
    if (existsSync(path)) return { path: asUnix(relative(root, path)), installed: true };
    if (folder === dirname(folder)) return { path: asUnix(name), installed: false };
  }
}

/** Where this package is found. */
export const findLibrary = (root: string): ReturnType<typeof findPackage> =>
  findPackage(root, "pulumi-model-lifecycle");

const asUnix = (path: string): string => path.replaceAll("\\", "/");

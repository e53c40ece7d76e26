import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { platformKinds } from "../../components/release/kinds.ts";
import { isMapping } from "./render-yaml.ts";

/** The plugins of this package that a Pulumi.yaml may name; a first project gets the first. */
const plugins = platformKinds.flatMap(({ brings }) => brings.plugin ?? []);

/** The plugins that Pulumi.yaml has to name one of, for people. */
export const pluginNames: string = plugins.map(({ name }) => name).join(" or ");

/** What a Pulumi.yaml lacks: the lines to write into it, by what they are for. */
export interface MissingLines {
  readonly provider?: readonly string[];
  readonly refresh?: readonly string[];
}

type ProjectFile = Readonly<Record<string, unknown>>;

/** @param library Path of the package, relative to the folder of Pulumi.yaml */
export function missingLines(file: ProjectFile, library: string): MissingLines {
  const { options } = file;
  return {
    ...(providerPath(file) === undefined ? { provider: providerLines(library) } : {}),
    ...(isMapping(options) && options.refresh === "always" ? {} : { refresh: refreshLines }),
  };
}

/** Where Pulumi.yaml says that the provider is. */
export function providerPath(file: ProjectFile): string | undefined {
  const providers = isMapping(file.plugins) ? file.plugins.providers : undefined;
  const named = (Array.isArray(providers) ? providers : []).find(
    (each) => isMapping(each) && plugins.some(({ name }) => name === each.name),
  );
  return isMapping(named) && typeof named.path === "string" ? named.path : undefined;
}

/** The lines of Pulumi.yaml that name the provider. @param library Path of the package, relative to the folder of Pulumi.yaml */
export const providerLines = (library: string): readonly string[] => [
  "plugins:",
  "  providers:",
  ...plugins.slice(0, 1).flatMap(({ name, path }) => [`    - name: ${name}`, `      path: ${library}/${path}`]),
];

/** The lines of Pulumi.yaml that let each run look at what is really there. */
export const refreshLines: readonly string[] = [
  "options:",
  "  refresh: always # look at what really runs before each preview",
];

/** Where Node would find the package from here: in this folder's node_modules, or in one above it. */
export function findLibrary(root: string): { readonly path: string; readonly installed: boolean } {
  const name = join("node_modules", "pulumi-model-lifecycle");
  for (let folder = root; ; folder = dirname(folder)) {
    const path = join(folder, name);
    if (existsSync(path)) return { path: asUnix(relative(root, path)), installed: true };
    if (folder === dirname(folder)) return { path: asUnix(name), installed: false };
  }
}

const asUnix = (path: string): string => path.replaceAll("\\", "/");

import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { readYaml } from "./edit-yaml.ts";
import { isMapping } from "./render-yaml.ts";

/** The plugin that Pulumi.yaml has to name. */
export const PROVIDER = "model-lifecycle-local";

/** What a Pulumi.yaml lacks: the lines to write into it, by what they are for. */
export interface MissingLines {
  readonly provider?: readonly string[];
  readonly refresh?: readonly string[];
}

/** @param library Path of the package, relative to the folder of Pulumi.yaml */
export function missingLines(text: string, library: string): MissingLines {
  return {
    ...(providerPath(text) === undefined ? { provider: providerLines(library) } : {}),
    ...(readYaml(text, ["options", "refresh"]) === "always" ? {} : { refresh: refreshLines }),
  };
}

/** Where Pulumi.yaml says that the provider is. */
export function providerPath(text: string): string | undefined {
  const providers = readYaml(text, ["plugins", "providers"]);
  const named = (Array.isArray(providers) ? providers : []).find((each) => isMapping(each) && each.name === PROVIDER);
  return isMapping(named) && typeof named.path === "string" ? named.path : undefined;
}

export const providerLines = (library: string): readonly string[] => [
  "plugins:",
  "  providers:",
  `    - name: ${PROVIDER}`,
  `      path: ${library}/dist/components/platforms/local/provider`,
];

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

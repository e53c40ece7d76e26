import { join } from "node:path";
import { libraryVersion } from "../../components/release/library-version.ts";
import { pluginsOf, providerLines, refreshLines } from "./project-lines.ts";
import type { PlatformStarter, StarterRelease } from "./starters/index.ts";

/** What the files of a first project are made from. */
export interface Starter extends StarterRelease {
  readonly project: string;
  readonly stack: string;
  /** Kind of the platform. */
  readonly platform: string;
  /** What a first project is on it. */
  readonly on: PlatformStarter;
  /** Path of the installed package, relative to the project. */
  readonly library: string;
}

/** Where the files of a first project stand, relative to its folder. */
export interface StarterPlaces {
  /** The project file that is there. @default "Pulumi.yaml" */
  readonly projectFile?: string;
  /** The program that is there. @default "index.ts" */
  readonly program?: string;
  /** Folder of the stacks' files. */
  readonly stackFolder: string;
}

/** The files of a first project, by path; beside what is there already. */
export function starterFiles(
  starter: Starter,
  { projectFile, program, stackFolder }: StarterPlaces,
): Readonly<Record<string, string>> {
  return {
    "package.json": renderPackage(starter),
    [projectFile ?? "Pulumi.yaml"]: renderProject(starter),
    [program ?? "index.ts"]: starter.on.program,
    [stackFileOf(starter, stackFolder)]: renderStack(starter),
  };
}

/** Path of the stack's file, relative to the project. */
export const stackFileOf = ({ stack }: Pick<Starter, "stack">, stackFolder: string): string =>
  join(stackFolder, `Pulumi.${stack}.yaml`);

/** What belongs into no repository. */
export const ignoredPaths: readonly string[] = ["node_modules/", ".model-lifecycle/"];

const renderPackage = ({ project, on }: Starter): string =>
  `${JSON.stringify(
    {
      name: project,
      private: true,
      type: "module",
      dependencies: { ...on.packages, "@pulumi/pulumi": "^3.249.0", "pulumi-model-lifecycle": `^${libraryVersion}` },
    },
    undefined,
    2,
  )}\n`;

const renderProject = ({ project, library, platform, archive }: Starter): string => `name: ${project}
description: One model, changed by reviewed edits of its configuration.
runtime:
  name: nodejs
  options:
    typescript: false # Node runs index.ts as it is
main: index.ts
${[...providerLines(library, pluginsOf({ platform, archive: archive === undefined ? undefined : "oci" })), ...refreshLines].join("\n")}
`;

/** What a program that exists has to say. */
export const programLines = ({ on }: Pick<Starter, "on">): readonly string[] =>
  on.program
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "");

/** Lines two spaces further in; empty ones stay empty. */
export const indented = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => (line === "" ? "" : `  ${line}`));

const renderStack = (starter: Starter): string =>
  [
    `# yaml-language-server: $schema=${starter.library}/dist/components/release/release.schema.json`,
    "config:",
    ...indented(releaseLines(starter)),
    "",
  ].join("\n");

/** The release of a first stack, as it stands below `config:`. */
export const releaseLines = (starter: Starter): readonly string[] => starter.on.release(starter).trimEnd().split("\n");

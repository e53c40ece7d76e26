import { join } from "node:path";
import { libraryVersion } from "../../components/release/library-version.ts";
import { pathSource } from "../../components/sources/path/document.ts";
import { firstPlugin, providerLines, refreshLines } from "./project-lines.ts";

/** What the files of a first project are made from. */
export interface Starter {
  readonly project: string;
  readonly stack: string;
  readonly model: string;
  /** Path of the installed package, relative to the project. */
  readonly library: string;
  /** Hash of models/v1. */
  readonly content: string;
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

/** A first model, small enough to be read: one decision tree over two features. See docs/model-format.md. */
export const starterModel: Readonly<Record<string, string>> = {
  "models/v1/model.json": `${JSON.stringify(
    {
      name: "approval",
      version: "v1",
      runtime: "trees",
      inputs: ["income_k", "debt_ratio"],
      outputs: { label: "label", score: "score" },
      labels: ["decline", "approve"],
      threshold: 0.5,
      metrics: {},
    },
    undefined,
    2,
  )}\n`,
  "models/v1/weights.json": `${JSON.stringify(
    {
      intercept: -0.5,
      trees: [
        {
          feature: "debt_ratio",
          below: 0.4,
          yes: { feature: "income_k", below: 20, yes: { value: 0.2 }, no: { value: 1.8 } },
          no: { value: -1.2 },
        },
      ],
    },
    undefined,
    2,
  )}\n`,
};

/** The files of a first project, by path; beside what is there already. */
export function starterFiles(
  starter: Starter,
  { projectFile, program, stackFolder }: StarterPlaces,
): Readonly<Record<string, string>> {
  return {
    "package.json": renderPackage(starter),
    [projectFile ?? "Pulumi.yaml"]: renderProject(starter),
    [program ?? "index.ts"]: PROGRAM,
    [join(stackFolder, `Pulumi.${starter.stack}.yaml`)]: renderStack(starter),
  };
}

/** What belongs into no repository. */
export const ignoredPaths: readonly string[] = ["node_modules/", ".model-lifecycle/"];

const renderPackage = ({ project }: Starter): string =>
  `${JSON.stringify(
    {
      name: project,
      private: true,
      type: "module",
      dependencies: { "@pulumi/pulumi": "^3.249.0", "pulumi-model-lifecycle": `^${libraryVersion}` },
    },
    undefined,
    2,
  )}\n`;

const renderProject = ({ project, library }: Starter): string => `name: ${project}
description: One model, changed by reviewed edits of its configuration.
runtime:
  name: nodejs
  options:
    typescript: false # Node runs index.ts as it is
main: index.ts
${[...providerLines(library, firstPlugin), ...refreshLines].join("\n")}
`;

const PROGRAM = `import { ModelEndpoint, readRelease } from "pulumi-model-lifecycle";
import { local } from "pulumi-model-lifecycle/platforms/local";

// Everything that changes stands in the stack's configuration: Pulumi.<stack>.yaml.
const release = readRelease();

const endpoint = new ModelEndpoint(release.model.name, { release, platform: local() });

export const url = endpoint.url;
`;

/** What a program that exists has to say. */
export const programLines: readonly string[] = PROGRAM.trimEnd()
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
export const releaseLines = (starter: Starter): readonly string[] => renderRelease(starter).trimEnd().split("\n");

const renderRelease = ({ model, content }: Starter): string => `model-lifecycle:release:
  model:
    name: ${model}
    owner: my-team # who answers for it
    riskTier: low # low | medium | high
  platform: { kind: local } # processes and a gateway on this machine

  # The versions by name, each with the hash of its files: \`mlc pin\` writes it.
  versions:
    v1:
      source: { kind: path, path: models/v1, ${pathSource.pinField}: "${content}" }

  rollout:
    stable: v1
    # The next version goes here: add it to versions, then \`mlc pin\` and \`mlc start v2\`.
    steps: ["shadow", "5%", "25%", "50%", "100%"]
    advance: automatic # automatic | manual
    bake: "1 minute" # the least time on a step
    guards: # a guard that fires takes all traffic from the candidate at once
      - { metric: errorRate, margin: "0.5pp" } # points
      - { metric: latency, margin: "20%" } # relative to stable
    onInconclusive: hold # hold | rollback | promote
`;

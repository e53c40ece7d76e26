import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { usageFailure } from "./failure.ts";
import { projectFileIn } from "./project.ts";
import { kindsNamedIn, missingLines, pluginsOf } from "./project-lines.ts";
import { isMapping } from "./render-yaml.ts";
import { readProjectFile, releaseIn } from "./stack-file.ts";
import {
  indented,
  programLines,
  releaseLines,
  type Starter,
  type StarterPlaces,
  stackFileOf,
} from "./starter-project.ts";

/** What a folder holds of a project before `mlc init` writes into it. */
export interface ExistingProject extends StarterPlaces {
  /** Node runs the program as it is: where it is TypeScript, `typescript: false` says so. */
  readonly runsAsIs: boolean;
  readonly packages?: Readonly<Record<string, unknown>>;
}

/** Lines that a person has to write into a file that is there already. */
export interface LinesToAdd {
  readonly file: string;
  readonly lines: readonly string[];
}

/** @throws Failure (2) before anything is written, where this is no place for a project of this library. */
export function readExisting(root: string): ExistingProject {
  const path = projectFileIn(root);
  if (path === undefined && existsSync(join(root, "PulumiPolicy.yaml"))) {
    throw usageFailure(
      `${root} is a policy pack (PulumiPolicy.yaml). A project needs a folder of its own: mlc init --cwd <folder>.`,
    );
  }
  const packages = readPackage(root);
  const found = packages === undefined ? {} : { packages };
  if (path === undefined) {
    const program = existsSync(join(root, "index.ts")) ? { program: "index.ts" } : {};
    return { stackFolder: ".", runsAsIs: true, ...program, ...found };
  }
  const { runtime, main, stackConfigDir } = readProjectFile(path);
  const name = isMapping(runtime) ? runtime.name : runtime;
  if (name !== "nodejs") {
    throw usageFailure(
      `${path} is a project of runtime ${JSON.stringify(name) ?? "none"}; this library runs in nodejs. Give the model a project of its own, in a folder of its own: mlc init --cwd <folder>.`,
    );
  }
  const options = isMapping(runtime) && isMapping(runtime.options) ? runtime.options : {};
  const program = [main, packages?.main, "index.ts", "index.js"].find(
    (each) => typeof each === "string" && existsSync(join(root, each)),
  );
  return {
    projectFile: basename(path),
    ...(typeof program === "string" ? { program } : {}),
    stackFolder: typeof stackConfigDir === "string" ? stackConfigDir : ".",
    runsAsIs: options.typescript === false,
    ...found,
  };
}

/** What the files that were there lack, so that `pulumi up` serves the release. */
export function linesToAdd(root: string, existing: ExistingProject, starter: Starter): readonly LinesToAdd[] {
  const { projectFile, program, stackFolder } = existing;
  const stackFile = stackFileOf(starter, stackFolder);
  const release = existsSync(join(root, stackFile)) ? releaseIn(stackFile, readText(root, stackFile)) : undefined;
  const projectLines = projectFile === undefined ? [] : linesFor(join(root, projectFile), existing, starter, release);
  return [
    { file: projectFile ?? "Pulumi.yaml", lines: projectLines },
    ...(program === undefined || readText(root, program).includes("pulumi-model-lifecycle")
      ? []
      : [{ file: program, lines: programLines(starter) }]),
    ...(existsSync(join(root, stackFile)) && release === undefined
      ? [{ file: stackFile, lines: ["config:", ...indented(releaseLines(starter))] }]
      : []),
  ].filter(({ lines }) => lines.length > 0);
}

/** @param release the stack's own, where it has one: its platform and its archive need their plugins, and not the starter's */
function linesFor(
  path: string,
  { program, runsAsIs }: ExistingProject,
  { library, platform, archive }: Starter,
  release: unknown,
): readonly string[] {
  const plugins =
    release === undefined
      ? pluginsOf({ platform, archive: archive === undefined ? undefined : "oci" })
      : pluginsOf(kindsNamedIn(release));
  const { provider = [], refresh = [] } = missingLines(readProjectFile(path), library, plugins);
  // Where there is no program yet, the one that init writes is TypeScript, which Node runs without a build.
  const runtime = program === undefined && !runsAsIs ? RUNTIME : [];
  return [...runtime, ...provider, ...refresh];
}

const RUNTIME = [
  "runtime:",
  "  name: nodejs",
  "  options:",
  "    typescript: false # Node runs index.ts as it is",
  "main: index.ts",
];

const readText = (root: string, file: string): string => readFileSync(join(root, file), "utf8");

function readPackage(root: string): Readonly<Record<string, unknown>> | undefined {
  const path = join(root, "package.json");
  if (!existsSync(path)) return undefined;
  try {
    const content: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isMapping(content)) return content;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw usageFailure(`${path} is no JSON object. Mend it first; nothing was written.`);
}

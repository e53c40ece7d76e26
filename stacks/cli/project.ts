import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import type { DataPlane } from "../../components/platforms/data-plane.ts";
import { locateDataPlane } from "../data-planes.ts";
import { usageFailure } from "./failure.ts";
import type { EmergencyOptions, StackOptions } from "./options.ts";

/** Where a stack is, as far as it can be told without its configuration: enough to reach what serves it. */
export interface StackPlace {
  /** Folder of Pulumi.yaml; sources of versions are relative to it. */
  readonly root: string;
  /** As it was asked for; may name an organization and a project. */
  readonly stack: string;
  /** Absolute path of Pulumi.<stack>.yaml, where there is one. */
  readonly stackFile?: string;
  /** What serves it, whether there is anything or not. */
  readonly dataPlane: DataPlane;
}

type PlaceOptions = Pick<EmergencyOptions, "stack" | "cwd" | "project">;

/** A Pulumi project and the stack of it that a command is about. */
export interface Project extends StackPlace {
  readonly stackFile: string;
}

/**
 * Finds the project at or above the working directory and the stack: `--stack`, else $PULUMI_STACK, else the only one
 * that has a configuration file.
 *
 * @throws Failure (2) that lists the stacks when none is named and there are several, or the one that is named has no
 * configuration.
 */
export async function findProject(options: StackOptions, env: NodeJS.ProcessEnv = process.env): Promise<Project> {
  const root = findRoot(folderOf(options));
  const folder = configurationFolder(root);
  const stacks = stacksIn(root, folder);
  const stack = options.stack ?? env.PULUMI_STACK ?? only(stacks, folder);
  const stackFile = fileOf(root, folder, shortName(stack));
  if (stackFile === undefined) {
    throw usageFailure(
      `Stack "${stack}" has no configuration in ${folder}. ${listed(stacks)} Name one with --stack, or write Pulumi.${shortName(stack)}.yaml (\`mlc init --stack ${shortName(stack)}\`).`,
    );
  }
  return { root, stack, stackFile, dataPlane: await dataPlaneOf({ root, stack, stackFile }, options, env) };
}

/**
 * Finds what the emergency brake needs, and nothing more: neither the stack's configuration nor a Pulumi.yaml that can
 * be read has to be there when `--project` and `--stack` say what they would.
 *
 * @throws Failure (2) when project or stack cannot be told.
 */
export async function locateStack(options: PlaceOptions, env: NodeJS.ProcessEnv = process.env): Promise<StackPlace> {
  const start = folderOf(options);
  const root = options.project === undefined ? findRoot(start) : (rootAbove(start) ?? start);
  const folder = orNothing(() => configurationFolder(root)) ?? root;
  const stacks = orNothing(() => stacksIn(root, folder)) ?? [];
  const stack = options.stack ?? env.PULUMI_STACK ?? only(stacks, folder);
  const stackFile = fileOf(root, folder, shortName(stack));
  const found = { root, stack, ...(stackFile === undefined ? {} : { stackFile }) };
  return { ...found, dataPlane: await dataPlaneOf(found, options, env) };
}

function dataPlaneOf(
  { root, stack, stackFile }: Omit<StackPlace, "dataPlane">,
  options: PlaceOptions,
  env: NodeJS.ProcessEnv,
): Promise<DataPlane> {
  const text = orNothing(() => readFileSync(stackFile ?? "", "utf8")) ?? "";
  const platform = platformIn(text);
  return locateDataPlane({
    ...{ root, stack: shortName(stack), project: projectName(root, stack, options), env },
    ...(platform === undefined ? {} : { platform }),
    setting: (name) => settingIn(text, name),
  });
}

/** The kind of platform that a release names, found without a YAML parser. */
const platformIn = (text: string): string | undefined =>
  /["']?\bplatform["']?:\s*(?:\{\s*)?(?:[^{}]*?[\s{,])?["']?kind["']?:\s*["']?([a-z][a-z0-9-]*)/.exec(text)?.[1];

function projectName(root: string, stack: string, { project }: PlaceOptions): string {
  const inFile = () => settingIn(projectText(root), "name");
  const [, inStack, ...short] = stack.split("/");
  const name = project ?? orNothing(inFile) ?? (short.length > 0 ? inStack : undefined);
  if (name !== undefined) return name;
  throw usageFailure(`${join(root, "Pulumi.yaml")} does not tell the project's name. Name it with --project.`);
}

/** `acme/churn/prod` is `prod` in file names and in `pulumi.getStack()`. */
export const shortName = (stack: string): string => stack.split("/").at(-1) ?? stack;

/** The stacks that have a configuration file. */
export function stacksOf(options: StackOptions): readonly string[] {
  const root = findRoot(folderOf(options));
  return stacksIn(root, configurationFolder(root));
}

function stacksIn(root: string, folder: string): readonly string[] {
  const ending = endingOf(root);
  return readdirSync(folder)
    .filter((name) => name.startsWith("Pulumi.") && name.endsWith(ending) && name !== `Pulumi${ending}`)
    .map((name) => name.slice("Pulumi.".length, -ending.length))
    .sort();
}

/** Path of the project file of a folder, with either ending; undefined where there is none. */
export const projectFileIn = (folder: string): string | undefined =>
  ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find((path) => existsSync(path));

function folderOf({ cwd = "." }: StackOptions): string {
  const folder = resolve(cwd);
  if (existsSync(folder)) return folder;
  throw usageFailure(`The folder ${folder} does not exist.`);
}

function rootAbove(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (projectFileIn(folder)) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

function findRoot(start: string): string {
  const root = rootAbove(start);
  if (root !== undefined) return root;
  throw usageFailure(
    `No Pulumi.yaml in ${start} or above it. Go to the project's folder, name it with --cwd, or start one with \`mlc init\`.`,
  );
}

/** Where the stacks' files stand: `stackConfigDir` of Pulumi.yaml, else beside it. */
function configurationFolder(root: string): string {
  const folder = resolve(root, settingIn(projectText(root), "stackConfigDir") ?? ".");
  if (existsSync(folder)) return folder;
  throw usageFailure(
    `Pulumi.yaml names the folder ${folder} (stackConfigDir), which does not exist. Create it, or correct the line.`,
  );
}

const projectText = (root: string): string => readFileSync(projectFileIn(root) ?? join(root, "Pulumi.yaml"), "utf8");

/** A one-line setting, found without a YAML parser: loading one takes longer than a rollback may. */
const settingIn = (text: string, name: string): string | undefined =>
  new RegExp(
    `${ofProject.has(name) ? "^\\ufeff?" : "[\\s{,]"}["']?${name}["']?:[ \\t]*(["']?)([^"'#\\r\\n,}]+?)\\1[ \\t]*(?:[#,}].*)?\\r?$`,
    "m",
  ).exec(text)?.[2];

/** What stands at the beginning of a line of Pulumi.yaml. */
const ofProject: ReadonlySet<string> = new Set(["name", "stackConfigDir"]);

function orNothing<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/**
 * The stack's file, with the ending of the project's file, as the engine wants it. It may be missing where Pulumi.yaml
 * holds a release for all stacks.
 */
function fileOf(root: string, folder: string, stack: string): string | undefined {
  const path = join(folder, `Pulumi.${stack}${endingOf(root)}`);
  const hasRelease = () => /model-lifecycle:(config:)?release/.test(projectText(root));
  return existsSync(path) || orNothing(hasRelease) === true ? path : undefined;
}

const endingOf = (root: string): string => extname(projectFileIn(root) ?? "Pulumi.yaml");

function only(stacks: readonly string[], folder: string): string {
  const [first, ...others] = stacks;
  if (first !== undefined && others.length === 0) return first;
  throw usageFailure(
    first === undefined
      ? `No stack is configured in ${folder}. \`mlc init\` writes a first one; \`pulumi stack init <name>\` creates it.`
      : `Which stack? ${listed(stacks)} Name one with --stack or in PULUMI_STACK.`,
  );
}

const listed = (stacks: readonly string[]): string =>
  stacks.length === 0 ? "No stack is configured there." : `Configured are: ${stacks.join(", ")}.`;

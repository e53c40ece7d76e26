import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Options } from "./command.ts";
import { usageFailure } from "./failure.ts";

/** A Pulumi project and the stack of it that a command is about. */
export interface Project {
  /** Folder of Pulumi.yaml; sources of versions are relative to it. */
  readonly root: string;
  /** As it was asked for; may name an organization and a project. */
  readonly stack: string;
  /** Absolute path of Pulumi.<stack>.yaml. */
  readonly stackFile: string;
  /** Where the local platform keeps this stack on this machine, whether it exists or not. */
  readonly stateFolder: string;
}

/**
 * Finds the project at or above the working directory and the stack: `--stack`, else $PULUMI_STACK, else the only one
 * that has a configuration file.
 *
 * @throws Failure (2) that lists the stacks when none is named and there are several.
 */
export function findProject(options: Options, env: NodeJS.ProcessEnv = process.env): Project {
  const root = findRoot(resolve(options.cwd ?? "."));
  const folder = configurationFolder(root);
  const stacks = stacksIn(folder);
  const stack = options.stack ?? env.PULUMI_STACK ?? only(stacks, folder);
  const file = fileOf(folder, shortName(stack));
  if (file === undefined) {
    throw usageFailure(
      `Stack "${stack}" has no configuration in ${folder}. ${listed(stacks)} Name one with --stack, or write Pulumi.${shortName(stack)}.yaml (\`mlc init --stack ${shortName(stack)}\`).`,
    );
  }
  return { root, stack, stackFile: file, stateFolder: join(root, ".model-lifecycle", shortName(stack)) };
}

/** `acme/churn/prod` is `prod` in file names and in `pulumi.getStack()`. */
export const shortName = (stack: string): string => stack.split("/").at(-1) ?? stack;

/** The stacks that have a configuration file. */
export const stacksOf = (options: Options): readonly string[] =>
  stacksIn(configurationFolder(findRoot(resolve(options.cwd ?? "."))));

function stacksIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .map((name) => /^Pulumi\.(.+)\.ya?ml$/.exec(name)?.[1])
    .filter((stack) => stack !== undefined)
    .sort();
}

export const projectFileIn = (folder: string): string | undefined =>
  ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find((path) => existsSync(path));

function findRoot(start: string): string {
  if (!existsSync(start)) throw usageFailure(`The folder ${start} does not exist.`);
  for (let folder = start; ; folder = dirname(folder)) {
    if (projectFileIn(folder)) return folder;
    if (folder === dirname(folder)) {
      throw usageFailure(
        `No Pulumi.yaml in ${start} or above it. Go to the project's folder, name it with --cwd, or start one with \`mlc init\`.`,
      );
    }
  }
}

/** Where the stacks' files stand: `stackConfigDir` of Pulumi.yaml, else beside it. */
function configurationFolder(root: string): string {
  const text = readFileSync(projectFileIn(root) ?? join(root, "Pulumi.yaml"), "utf8");
  const named = /^stackConfigDir:[ \t]*(["']?)([^"'#\r\n]+?)\1[ \t]*(?:#.*)?\r?$/m.exec(text)?.[2];
  const folder = resolve(root, named ?? ".");
  if (existsSync(folder)) return folder;
  throw usageFailure(
    `Pulumi.yaml names the folder ${folder} (stackConfigDir), which does not exist. Create it, or correct the line.`,
  );
}

const fileOf = (folder: string, stack: string): string | undefined =>
  ["yaml", "yml"].map((ending) => join(folder, `Pulumi.${stack}.${ending}`)).find((path) => existsSync(path));

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

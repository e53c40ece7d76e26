import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { libraryVersion } from "../../components/release/index.ts";
import { archiveKinds } from "../../components/release/kinds.ts";
import { renderFileList } from "../../components/sources/file-list.ts";
import { hashOfFiles, listDirectory } from "../../components/sources/index.ts";
import { fileListPath } from "../../components/sources/kept-lists.ts";
import { type ExistingProject, linesToAdd, readExisting } from "./existing-project.ts";
import { usageFailure } from "./failure.ts";
import { createWriter, type FileWriter, sayWritten } from "./file-writer.ts";
import type { StackOptions } from "./options.ts";
import { shortName } from "./project.ts";
import { findLibrary, findPackage } from "./project-lines.ts";
import { isMapping } from "./render-yaml.ts";
import { ignoredPaths, indented, type Starter, stackFileOf, starterFiles } from "./starter-project.ts";
import { type PlatformStarter, starterOf, starterPlatforms } from "./starters/index.ts";
import type { Terminal } from "./terminal.ts";
import type { Outcome } from "./verb.ts";

/** What is chosen of a first project. */
export interface StarterChoice extends StackOptions {
  /** The project's name. @default the folder's */
  readonly name?: string;
  /** @default "approval" */
  readonly model?: string;
  /** Kind of the platform. @default the first that there is: this machine */
  readonly platform?: string;
  /** Repository of a registry that keeps versions which went out of service. @default what the platform brings */
  readonly archive?: string;
}

/**
 * Writes a first project. What exists stays, and the lines that it lacks are printed.
 * @throws Failure (2) when a name is not one; nothing was written then.
 */
export async function writeFirstProject(terminal: Terminal, options: StarterChoice): Promise<Outcome> {
  const root = resolve(options.cwd ?? ".");
  const stack = checkedStack(options.stack ?? "dev");
  const model = checkedName("--model", options.model ?? "approval");
  const project = checkedName("--name", options.name ?? nameFrom(basename(root)));
  const { platform = starterPlatforms[0] ?? "" } = options;
  const on = await starterOf(platform);
  const archive = checkedArchive(options.archive, platform, on);
  const before = readExisting(root);
  const library = findLibrary(root);
  const writer = createWriter(root);
  const content = on.model && (await writeModel(root, on.model, writer));
  const starter: Starter = {
    ...{ project, stack: shortName(stack), model, platform, on, library: library.path },
    ...(content !== undefined && { content }),
    ...(archive !== undefined && { archive }),
  };
  const lines = linesToAdd(root, before, starter);
  writer.write(starterFiles(starter, before));
  const { written, existing } = writer;
  if (addIgnoredPaths(join(root, ".gitignore"))) written.push(".gitignore");

  sayWritten(terminal, { written, existing });
  for (const { file, lines: each } of lines) {
    terminal.say(`\n${terminal.paint("yellow", `Add to ${file}`)}:\n${indented(each).join("\n")}`);
  }
  if (mustBeModule(before)) {
    terminal.warn(`package.json has no "type": "module"; add it, so that Node takes index.ts for a module`);
  }
  const stackFile = stackFileOf(starter, before.stackFolder);
  if (on.yours !== undefined && written.includes(stackFile)) {
    terminal.say(`\nMake ${stackFile} your own: ${on.yours}.`);
  }
  const next = [
    ...installSteps(root, before, on.packages),
    createStack(before, stack),
    ...on.before,
    ...["pulumi up", "mlc status"],
  ];
  terminal.say(`\n${lines.length > 0 ? "Next, when these lines are added:" : "Next:"}\n${indented(next).join("\n")}`);
  return { facts: { root, written, existing, lines, next } };
}

/** A version that is there already is pinned as it is; half of it is never replaced. @returns its content */
async function writeModel(
  root: string,
  model: Readonly<Record<string, string>>,
  { existing, write }: FileWriter,
): Promise<string> {
  const isThere = existsSync(join(root, "models/v1"));
  if (isThere) existing.push("models/v1");
  else write(model);
  const files = await listDirectory(join(root, "models/v1"));
  const content = hashOfFiles(files);
  if (!isThere) write({ [fileListPath(content)]: renderFileList(files) });
  return content;
}

/** Node takes the import statements of index.ts without a second thought only where package.json says that the files are modules. */
const mustBeModule = ({ packages, program, runsAsIs }: ExistingProject): boolean =>
  packages !== undefined && packages.type !== "module" && (program === undefined || runsAsIs);

/** @param packages what the platform needs beside the library */
function installSteps(
  root: string,
  { packages: manifest }: ExistingProject,
  packages: Readonly<Record<string, string>>,
): readonly string[] {
  const needed = Object.entries({ ...packages, [LIBRARY]: `^${libraryVersion}` });
  const missing = needed.filter(([name]) => !findPackage(root, name).installed);
  if (missing.length === 0) return [];
  const { dependencies, devDependencies } = manifest ?? {};
  const isListed = (name: string): boolean =>
    [dependencies, devDependencies].some((each) => isMapping(each) && name in each);
  const unlisted = manifest === undefined ? [] : missing.filter(([name]) => !isListed(name));
  const words = unlisted.map(([name, version]) => `${name}@${version}`);
  return [["npm install", ...words].join(" ")];
}

const LIBRARY = "pulumi-model-lifecycle";

/** A project that was there may have the stack already. */
const createStack = ({ projectFile }: ExistingProject, stack: string): string =>
  projectFile === undefined ? `pulumi stack init ${stack}` : `pulumi stack select --create ${stack}`;

function addIgnoredPaths(file: string): boolean {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const lines = text.split(/\r?\n/).map((line) => line.trim().replace(/\/$/, ""));
  const missing = ignoredPaths.filter((path) => !lines.includes(path.replace(/\/$/, "")));
  if (missing.length === 0) return false;
  appendFileSync(file, `${text === "" || text.endsWith("\n") ? "" : "\n"}${missing.join("\n")}\n`);
  return true;
}

/** As Pulumi has it: perhaps with organization and project, which are no part of the file's name. */
function checkedStack(stack: string): string {
  if (/^([\w.-]+\/){0,2}[\w.-]*\w[\w.-]*$/.test(stack) && !stack.includes("..")) return stack;
  throw usageFailure(`--stack: seen "${stack}", allowed are letters, digits, dots, dashes and underscores.`);
}

const NAME = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;

function checkedName(option: string, name: string): string {
  if (NAME.test(name)) return name;
  throw usageFailure(
    `${option}: seen "${name}", allowed are lower-case letters, digits and dashes, at most 40, beginning with a letter.`,
  );
}

function checkedArchive(
  repository: string | undefined,
  platform: string,
  { archives }: PlatformStarter,
): string | undefined {
  if (repository === undefined) return undefined;
  const kind = archiveKinds.find((each) => each.kind === "oci");
  if (!archives) {
    throw usageFailure(
      `--archive: seen "${repository}", allowed is nothing with --platform ${platform}, which keeps archives itself.`,
    );
  }
  if (kind?.read({ kind: "oci", repository }) !== undefined) return repository;
  throw usageFailure(
    `--archive: seen "${repository}", allowed are a registry and a repository in lower case, without a tag: registry.example/archive/approval.`,
  );
}

function nameFrom(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 40);
  return NAME.test(name) ? name : "model";
}

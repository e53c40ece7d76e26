import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { libraryVersion } from "../../components/release/index.ts";
import { renderFileList } from "../../components/sources/file-list.ts";
import { hashOfFiles, listDirectory } from "../../components/sources/index.ts";
import { fileListPath } from "../../components/sources/kept-lists.ts";
import { type ExistingProject, linesToAdd, readExisting } from "./existing-project.ts";
import { usageFailure } from "./failure.ts";
import { createWriter, sayWritten } from "./file-writer.ts";
import type { StackOptions } from "./options.ts";
import { shortName } from "./project.ts";
import { findLibrary } from "./project-lines.ts";
import { isMapping } from "./render-yaml.ts";
import { ignoredPaths, indented, starterFiles, starterModel } from "./starter-project.ts";
import type { Terminal } from "./terminal.ts";
import type { Outcome } from "./verb.ts";

/** What is chosen of a first project. */
export interface StarterChoice extends StackOptions {
  /** The project's name. @default the folder's */
  readonly name?: string;
  /** @default "approval" */
  readonly model?: string;
}

/**
 * Writes a first project that runs as it is. What exists stays, and the lines that it lacks are printed.
 * @throws Failure (2) when a name is not one; nothing was written then.
 */
export async function writeFirstProject(terminal: Terminal, options: StarterChoice): Promise<Outcome> {
  const root = resolve(options.cwd ?? ".");
  const stack = checkedStack(options.stack ?? "dev");
  const model = checkedName("--model", options.model ?? "approval");
  const project = checkedName("--name", options.name ?? nameFrom(basename(root)));
  const before = readExisting(root);
  const library = findLibrary(root);
  const { written, existing, write } = createWriter(root);

  // A version that is there already is pinned as it is; half of it is never replaced.
  const isThere = existsSync(join(root, "models/v1"));
  if (isThere) existing.push("models/v1");
  else write(starterModel);
  const files = await listDirectory(join(root, "models/v1"));
  const content = hashOfFiles(files);
  if (!isThere) write({ [fileListPath(content)]: renderFileList(files) });
  const starter = { project, stack: shortName(stack), model, library: library.path, content };
  const lines = linesToAdd(root, before, starter);
  write(starterFiles(starter, before));
  if (addIgnoredPaths(join(root, ".gitignore"))) written.push(".gitignore");

  sayWritten(terminal, { written, existing });
  for (const { file, lines: each } of lines) {
    terminal.say(`\n${terminal.paint("yellow", `Add to ${file}`)}:\n${indented(each).join("\n")}`);
  }
  if (mustBeModule(before)) {
    terminal.warn(`package.json has no "type": "module"; add it, so that Node takes index.ts for a module`);
  }
  const next = [...installSteps(before, library.installed), createStack(before, stack), "pulumi up", "mlc status"];
  terminal.say(`\n${lines.length > 0 ? "Next, when these lines are added:" : "Next:"}\n${indented(next).join("\n")}`);
  return { facts: { root, written, existing, lines, next } };
}

/** Node takes the import statements of index.ts without a second thought only where package.json says that the files are modules. */
const mustBeModule = ({ packages, program, runsAsIs }: ExistingProject): boolean =>
  packages !== undefined && packages.type !== "module" && (program === undefined || runsAsIs);

function installSteps({ packages }: ExistingProject, isInstalled: boolean): readonly string[] {
  if (isInstalled) return [];
  const { dependencies, devDependencies } = packages ?? {};
  const isListed = [dependencies, devDependencies].some((each) => isMapping(each) && LIBRARY in each);
  return [packages === undefined || isListed ? "npm install" : `npm install ${LIBRARY}@^${libraryVersion}`];
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

function nameFrom(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 40);
  return NAME.test(name) ? name : "model";
}

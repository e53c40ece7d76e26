import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { hashDirectory } from "../../../components/spec/index.ts";
import type { Command } from "../command.ts";
import { usageFailure } from "../failure.ts";
import { findLibrary } from "../project-lines.ts";
import { ignoredPaths, starterFiles, starterModel } from "../starter-project.ts";

/** Writes a first project that runs as it is. What exists stays. */
export const init: Command = async (terminal, { options }) => {
  const root = resolve(options.cwd ?? ".");
  const stack = options.stack ?? "dev";
  const model = checkedName("--model", options.model ?? "approval");
  const project = checkedName("--name", options.name ?? nameFrom(basename(root)));
  const library = findLibrary(root);
  const written: string[] = [];
  const existing: string[] = [];
  const write = (files: Readonly<Record<string, string>>) => {
    for (const [path, content] of Object.entries(files)) {
      if (existsSync(join(root, path))) {
        existing.push(path);
        continue;
      }
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content, { flag: "wx" });
      written.push(path);
    }
  };

  // A version that is there already is pinned as it is; half of it is never replaced.
  if (existsSync(join(root, "models/v1"))) existing.push("models/v1");
  else write(starterModel);
  const sha256 = await hashDirectory(join(root, "models/v1"));
  write(starterFiles({ project, stack, model, library: library.path, sha256 }));
  if (addIgnoredPaths(join(root, ".gitignore"))) written.push(".gitignore");

  for (const path of written) terminal.say(`${terminal.paint("green", "written")}  ${path}`);
  for (const path of existing) terminal.say(`${terminal.paint("yellow", "exists")}   ${path}, left as it is`);
  warnOfCommonJs(root, (text) => terminal.warn(text));
  const next = [...(library.installed ? [] : ["npm install"]), `pulumi stack init ${stack}`, "pulumi up", "mlc status"];
  terminal.say(`\nNext:\n${next.map((line) => `  ${line}`).join("\n")}`);
  return { facts: { root, written, existing, next } };
};

function addIgnoredPaths(file: string): boolean {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const lines = text.split(/\r?\n/).map((line) => line.trim().replace(/\/$/, ""));
  const missing = ignoredPaths.filter((path) => !lines.includes(path.replace(/\/$/, "")));
  if (missing.length === 0) return false;
  appendFileSync(file, `${text === "" || text.endsWith("\n") ? "" : "\n"}${missing.join("\n")}\n`);
  return true;
}

/** Node takes the import statements of index.ts only where package.json says that the files are modules. */
function warnOfCommonJs(root: string, warn: (text: string) => void): void {
  const content = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly type?: string };
  if (content.type !== "module")
    warn(`package.json has no "type": "module"; add it, so that Node takes index.ts for a module`);
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

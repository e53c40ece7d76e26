import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { repository } from "../support/project.ts";

/** Floors from the top to the bottom, and the rooms on each. A room stands on the first floor that names it. */
export const floors: readonly { readonly name: string; readonly rooms: RegExp }[] = [
  { name: "Programs and the command line", rooms: /^(stacks|examples)(\/|$)/ },
  { name: "Components and policies", rooms: /^(components|policies)$/ },
  {
    name: "A platform's side of the engine",
    rooms: /^components\/(provider|simulations\/[^/]+|platforms\/[^/]+(\/provider)?)$/,
  },
  { name: "A platform's data plane", rooms: /^components\/platforms\/[^/]+\/.+$/ },
  { name: "Archives, monitors and model registries", rooms: /^components\/(archives|monitors|model-registries)\/.+$/ },
  { name: "Contracts", rooms: /^components\/(platforms|capabilities|archives|monitors|model-registries|kit)$/ },
  { name: "Decisions", rooms: /^components\/(rollout|lifecycle|evidence|metric-sources)$/ },
  {
    name: "Document and arithmetic",
    rooms: /^components\/(release|traffic|sources|packaging|models|runtimes|guards|analysis|drift|scorecard)$/,
  },
  { name: "This machine, and registries of images", rooms: /^components\/(host|registry)$/ },
];

/** What a kind brings to the release document belongs to the document; of its own folder it may know plain data. */
const PART_OF_DOCUMENT =
  /^components\/(platforms|sources|runtimes|archives|monitors|model-registries)\/[^/]+\/document(\.ts$|\/)/;

/** The room that a file stands in: the folder on whose floor it is. */
export function roomOf(file: string): string {
  if (PART_OF_DOCUMENT.test(file)) return "components/release";
  const folder = path.dirname(file).split("/");
  const [top, room] = folder;
  if (top === "policies") return top;
  const depth =
    room === "platforms" ? 4 : ["archives", "monitors", "model-registries", "simulations"].includes(room ?? "") ? 3 : 2;
  return folder.slice(0, depth).join("/");
}

/** What each folder of the tree in docs/house.md is for; a folder without words of its own is what its files are for. */
function readTree(): ReadonlyMap<string, string> {
  const [, tree = ""] = /```\n([\s\S]*?)```/.exec(readFileSync(path.join(repository, "docs/house.md"), "utf8")) ?? [];
  const meanings = new Map<string, string>();
  const above: string[] = [];
  for (const line of tree.split("\n")) {
    const [, indent = "", names = "", words = ""] = /^( *)((?:\S+, )*\S+)(?: …)? *(.*)$/.exec(line) ?? [];
    const depth = indent.length / 2;
    for (const name of names.split(", ").filter((each) => each !== "")) {
      if (name.endsWith("/")) {
        above[depth] = name.slice(0, -1);
        if (words !== "") meanings.set(above.slice(0, depth + 1).join("/"), words);
      } else {
        const folder = above.slice(0, depth).join("/");
        if (words !== "" && !meanings.has(folder)) meanings.set(folder, words);
      }
    }
  }
  return meanings;
}

const tree = readTree();
const FIRST_DOCSTRING = /\/\*\*\s*([\s\S]*?)\*\//;

/** What a room is for, in a line: by docs/house.md, else by the first words of its index or of what makes its kind. @throws Error when nothing says so */
export function meaningOf(room: string): string {
  const inTree = tree.get(room);
  if (inTree !== undefined) return firstClause(inTree);
  for (const name of ["index.ts", "load.ts"]) {
    const file = path.join(repository, room, name);
    const [, docstring] = (existsSync(file) && FIRST_DOCSTRING.exec(readFileSync(file, "utf8"))) || [];
    if (docstring !== undefined) return firstClause(docstring.replaceAll(/\s*\n\s*\*\s?/g, " ").trim());
  }
  throw new Error(`${room}: nothing says what it is for; say it in the tree of docs/house.md`);
}

/** A clause of fewer characters says nothing by itself. */
const SHORT = 20;

/** As many of the clauses as it takes to say something. */
function firstClause(text: string): string {
  const [first = "", ...others] = text.split("; ");
  const clauses = first.length < SHORT ? [first, ...others.slice(0, 1)] : [first];
  return (clauses.join("; ").split(/\. |\.$/)[0] ?? text).trim();
}

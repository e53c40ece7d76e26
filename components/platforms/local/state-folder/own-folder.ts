import { lstatSync, realpathSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { errorCode, HostError } from "../../../host/host-error.ts";
import { nameOf } from "../../../host/user-name.ts";

/**
 * Sees to it that nobody else can have written what is run from here: the folder is a directory of this user that no one
 * else may write, and nobody else can put another one in its place.
 * @returns false when there is no such folder yet
 * @throws HostError that names the owner when this user may not look, and otherwise what is wrong with the folder.
 */
export function checkOwnFolder(path: string): boolean {
  const found = look(path);
  if (found !== undefined) checkFolder(path, found);
  checkParents(path);
  return found !== undefined;
}

/** What stands at the path itself; undefined when nothing does. @throws HostError when this user may not look. */
function look(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT") return undefined;
    if (code === "EACCES" || code === "EPERM") throw mayNotLook(path, error);
    throw error;
  }
}

function checkFolder(path: string, found: Stats): void {
  const { uid, mode } = found;
  const own = process.getuid?.();
  const refuse = (seen: string, allowed: string, cure: string): never => {
    throw new HostError({ path, seen, allowed, cure });
  };
  if (found.isSymbolicLink()) {
    refuse("a symbolic link", "the folder itself", "Name the folder that the link leads to in `platform.stateFolder`.");
  }
  if (!found.isDirectory())
    refuse("not a directory", "a directory or nothing", "Move it away, or choose another place.");
  if (own !== undefined && uid !== own) {
    const owner = nameOf(uid);
    refuse(`it belongs to ${owner}`, `a folder of ${nameOf(own)}, who runs this`, `Run this as ${owner}.`);
  }
  if (mode & 0o022) {
    refuse(
      `others may write there (mode ${(mode & 0o7777).toString(8)})`,
      "mode 700: who writes there decides what runs as you",
      `Look through it for what you did not put there, then: chmod go= ${path}`,
    );
  }
}

function checkParents(path: string): void {
  for (const parent of realParents(path)) {
    const { mode } = lstatSync(parent);
    if (!(mode & 0o002) || mode & 0o1000) continue;
    throw new HostError({
      path: parent,
      seen: `everybody may write there (mode ${(mode & 0o7777).toString(8)})`,
      allowed: "a folder in which nobody else can put another state folder in the place of yours",
      cure: `chmod o-w ${parent}; or name another place in \`platform.stateFolder\` or XDG_STATE_HOME.`,
    });
  }
}

/** What exists above a path, without links: a home may well lie on another disk. */
function realParents(path: string): readonly string[] {
  let parent = dirname(path);
  while (look(parent) === undefined) parent = dirname(parent);
  const parents = [realpathSync(parent)];
  for (let above = dirname(parents[0] ?? "/"); above !== parents.at(-1); above = dirname(above)) parents.push(above);
  return parents;
}

function mayNotLook(path: string, cause: unknown): HostError {
  for (let parent = dirname(path); parent !== dirname(parent); parent = dirname(parent)) {
    let owner: string;
    try {
      owner = nameOf(lstatSync(parent).uid);
    } catch {
      continue;
    }
    return new HostError(
      {
        path,
        seen: `it lies in ${parent}, which belongs to ${owner}, and this user may not look there`,
        allowed: "the user who deployed from here",
        cure: `Run this as ${owner}.`,
      },
      { cause },
    );
  }
  throw cause;
}

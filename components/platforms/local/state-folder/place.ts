import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import { writeAtomic } from "../../../host/atomic-file.ts";
import { errorCode, HostError } from "../../../host/host-error.ts";
import { checkOwnFolder } from "./own-folder.ts";
import { folderFile } from "./paths.ts";

/** Which stack. */
export interface StackName {
  /** Name in Pulumi.yaml. */
  readonly project: string;
  /** Without organization and project: `prod`. */
  readonly stack: string;
  /** HOME and XDG_STATE_HOME are read. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/** Which stack's state is looked for. */
export interface PlaceRequest extends StackName {
  /** Absolute path of the folder of Pulumi.yaml. */
  readonly root: string;
  /** `platform.stateFolder` of the release. @default - none */
  readonly stateFolder?: string | undefined;
}

/** Where a stack's state lies on this machine, whether it exists or not. */
export interface Place {
  /** Absolute. */
  readonly path: string;
  /** The danger of a place that version 0.1.0 chose, and the way out of it. @default - none */
  readonly warning?: string;
}

/**
 * The place of a stack's state: the setting; else where the stack is known to be, by the pointer beside the default
 * place; else the default place, `$XDG_STATE_HOME/model-lifecycle/<project>/<stack>`. State that version 0.1.0 left inside
 * the checkout is used as long as it is there.
 *
 * The same function answers the program, the provider and the command line, so that they cannot disagree.
 * @throws HostError when there is neither XDG_STATE_HOME nor a home.
 */
export function placeOf({ root, stateFolder, ...name }: PlaceRequest): Place {
  if (stateFolder !== undefined) return { path: stateFolder };
  const usual = defaultPlace(name) ?? homeless();
  const inCheckout = join(root, ".model-lifecycle", name.stack);
  const path = [readPointer(usual), usual, inCheckout].find((each) => each !== undefined && isUsed(each)) ?? usual;
  if (path !== inCheckout) return { path };
  return {
    path,
    warning: `the state of this stack lies inside the checkout, where \`git clean -ffdx\` ends what serves: ${path}. To move it: \`pulumi destroy\`, remove that folder, \`pulumi up\`; the new place is ${usual}.`,
  };
}

/** Where the state lies when nothing says otherwise; undefined for a user without a home. */
export function defaultPlace({ project, stack, env = process.env }: StackName): string | undefined {
  const home = stateHome(env);
  return home === undefined ? undefined : join(home, "model-lifecycle", project, stack);
}

/**
 * Remembers beside the default place that the state lies elsewhere, so that it is found without the stack's
 * configuration: by a rollback from another branch, under a new stack name, from a second checkout.
 */
export function rememberPlace(usual: string, path: string): void {
  if (path === usual) rmSync(pointerOf(usual), { force: true });
  else if (readPointer(usual) !== path) writePointer(usual, path);
}

/** Other stacks of the same project with state on this machine, by the default place of one: a stack may have been renamed. */
export function stacksBeside(usual: string): readonly { readonly stack: string; readonly path: string }[] {
  const project = dirname(usual);
  const names = existsSync(project) ? readdirSync(project) : [];
  const stacks = new Set(
    names.map((name) => name.replace(/\.location$/, "")).filter((name) => name !== basename(usual)),
  );
  return [...stacks].toSorted().flatMap((stack) => {
    const path = readPointer(join(project, stack)) ?? join(project, stack);
    return isUsed(path) ? [{ stack, path }] : [];
  });
}

function writePointer(usual: string, path: string): void {
  try {
    mkdirSync(dirname(usual), { recursive: true, mode: 0o700 });
    writeAtomic(pointerOf(usual), `${path}\n`, { mode: 0o600 });
  } catch (error) {
    // A home in which nothing can be written is a reason to choose another place, and no reason to refuse it.
    if (!["EACCES", "EPERM", "EROFS", "ENOTDIR"].includes(errorCode(error) ?? "")) throw error;
  }
}

const pointerOf = (usual: string): string => `${usual}.location`;

/** Also one that this user may not look into: who opens it says whose it is. */
function isUsed(path: string): boolean {
  try {
    return statSync(join(path, folderFile), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return errorCode(error) === "EACCES" || errorCode(error) === "EPERM";
  }
}

function readPointer(usual: string): string | undefined {
  try {
    const path = readFileSync(pointerOf(usual), "utf8").trim();
    return isAbsolute(path) ? path : undefined;
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return undefined;
    // Says whose the folder is, where this user may not look.
    checkOwnFolder(usual);
    throw new HostError(
      {
        path: pointerOf(usual),
        seen: `it cannot be read (${errorCode(error) ?? error})`,
        allowed: "one line, the absolute path of this stack's state folder",
        cure: "Run this as the user who deployed the stack; or correct the file's owner and mode.",
      },
      { cause: error },
    );
  }
}

/** A relative value is ignored, as the XDG Base Directory Specification asks. */
function stateHome({ XDG_STATE_HOME: named = "", HOME: home = "" }: NodeJS.ProcessEnv): string | undefined {
  if (isAbsolute(named)) return named;
  const own = isAbsolute(home) ? home : homeOfUser();
  return own === undefined ? undefined : join(own, ".local", "state");
}

function homeOfUser(): string | undefined {
  try {
    return homedir();
  } catch {
    // A container may run as a number that the user database does not know.
    return undefined;
  }
}

function homeless(): never {
  throw new HostError({
    path: "HOME",
    seen: "neither XDG_STATE_HOME nor HOME is an absolute path, and the user database knows no home of this user",
    allowed: "a folder of this user's own, in which the state of stacks is kept",
    cure: "Set XDG_STATE_HOME, or `platform.stateFolder` of the release.",
  });
}

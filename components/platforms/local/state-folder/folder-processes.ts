import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { identify, type ProcessIdentity } from "../../../host/process-identity.ts";
import { folderAt, type StateFolder } from "./folder.ts";
import { markers, servedBy, servedByVariable } from "./process-environment.ts";

/** A living process that was started for a state folder, whoever knows of it. */
export interface FolderProcess {
  readonly identity: ProcessIdentity;
  readonly instance: string;
  /** Absent when it was started by hand, with `--instance` in the folder, and for the processes of a program of its own. */
  readonly name?: string;
  readonly command: string;
}

/** What a process says of itself: its command line, its environment as it was started with, and its working directory. */
interface ProcessTraits {
  readonly pid: number;
  readonly args: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  readonly directory?: string;
}

/** Every living process that bears the marks of this folder, or that runs in it with `--instance`. */
export function findFolderProcesses(folder: StateFolder): readonly FolderProcess[] {
  const traits = process.platform === "linux" ? readAllProc() : readAllPs();
  // Its processes may outlive a folder that was removed.
  const directory = existsSync(folder.root) ? realpathSync(folder.root) : folder.root;
  return traits.flatMap((each) => {
    const marks = readMarks(folder, directory, each);
    const identity = marks === undefined ? undefined : identify(each.pid);
    return marks === undefined || identity === undefined ? [] : [{ identity, ...marks, command: each.args.join(" ") }];
  });
}

/** Processes of a state folder that was removed under them. */
export const findOrphans = (path: string): readonly FolderProcess[] =>
  existsSync(path) ? [] : findFolderProcesses(folderAt(path));

function readMarks(
  folder: StateFolder,
  directory: string,
  traits: ProcessTraits,
): Pick<FolderProcess, "name" | "instance"> | undefined {
  const name = traits.environment.get(markers.name);
  const instance = traits.environment.get(markers.instance);
  const marked = traits.environment.get(markers.folder) === folder.root;
  if (marked && name !== undefined && instance !== undefined) return { name, instance };
  const server = traits.environment.get(servedByVariable);
  const prefix = servedBy(folder.root, "");
  if (server?.startsWith(prefix)) return { instance: server.slice(prefix.length) };
  const option = traits.args.indexOf("--instance");
  const argument = option === -1 ? undefined : traits.args[option + 1];
  return argument !== undefined && traits.directory === directory ? { instance: argument } : undefined;
}

function readAllProc(): readonly ProcessTraits[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid): readonly ProcessTraits[] => {
      try {
        const words = (file: string): readonly string[] => readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0");
        return [
          {
            pid: Number(pid),
            args: words("cmdline").filter((word) => word !== ""),
            environment: parseEnvironment(words("environ")),
            directory: readlinkSync(`/proc/${pid}/cwd`),
          },
        ];
      } catch {
        // It ended just now, or belongs to somebody else and so is not ours.
        return [];
      }
    });
}

/** The same without /proc: ps prints the environment behind the command line, for processes of the same user. */
export function readAllPs(): readonly ProcessTraits[] {
  const table = execFileSync("ps", ["axeww", "-o", "pid=,command="], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, LC_ALL: "C" },
    maxBuffer: 64 * 1024 * 1024,
  });
  return table.split("\n").flatMap((line) => {
    const [pid, ...words] = line.trim().split(/\s+/);
    return pid === undefined || pid === ""
      ? []
      : [{ pid: Number(pid), args: words, environment: parseEnvironment(words) }];
  });
}

const parseEnvironment = (words: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    words.flatMap((word) => {
      const equals = word.indexOf("=");
      return equals > 0 ? [[word.slice(0, equals), word.slice(equals + 1)] as const] : [];
    }),
  );

import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import { nameOf } from "../../components/host/user-name.ts";

const words: Readonly<Record<string, string>> = {
  ENOENT: "it is not there",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is no folder",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "this user's share of the disk is used up",
  EMFILE: "this process may not open more files (ulimit -n)",
  ENFILE: "the machine may not open more files",
  ENAMETOOLONG: "the path is too long",
  ELOOP: "symbolic links lead in a circle",
  EBUSY: "it is in use, or mounted by itself",
  EIO: "the disk has an error",
  ETXTBSY: "it is being executed",
  ENOEXEC: "it is no program",
};

/** One sentence for what the system refused at a path; undefined for every other error, which is a fault of this program. */
export function explainSystemError(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return undefined;
  // Some calls work on what was opened before, and do not know the path any more.
  if (path === undefined) return words[code] === undefined ? undefined : `${words[code]} (${code}, ${syscall}).`;
  if (code === "EACCES" || code === "EPERM") return `${path}: this user may not use it (${code}). ${cureOf(path)}`;
  const said = words[code];
  return said === undefined ? undefined : `${path}: ${said} (${code}).`;
}

function cureOf(path: string): string {
  const owner = foreignOwner(path);
  if (owner !== undefined) return `It belongs to ${owner}; run this as ${owner}.`;
  return "Look at its mode and that of the folders above it: ls -ld.";
}

/** Whose the path is, or the nearest folder above it that can be looked at, when it is another user's. */
function foreignOwner(path: string): string | undefined {
  const own = process.getuid?.();
  for (let place = path; own !== undefined && place !== dirname(place); place = dirname(place)) {
    const uid = ownerOf(place);
    if (uid !== undefined) return uid === own ? undefined : nameOf(uid);
  }
  return undefined;
}

function ownerOf(path: string): number | undefined {
  try {
    return lstatSync(path).uid;
  } catch {
    return undefined;
  }
}

import type { RemoteFile } from "./remote.ts";

/**
 * What keeps these names from being files of a directory, a sentence each: whoever may write at a registry chooses them.
 * Two that only some file systems tell apart are refused, so that a pin means the same files everywhere.
 */
export function nameProblems(files: readonly Pick<RemoteFile, "path">[]): readonly string[] {
  const first = new Map<string, string>();
  return files
    .flatMap(({ path }) => {
      const shown = JSON.stringify(path);
      const wrong = wrongIn(path);
      if (wrong !== undefined) return [`${shown} ${wrong}`];
      const folded = path.normalize("NFC").toLowerCase().normalize("NFC");
      const other = first.get(folded);
      first.set(folded, other ?? path);
      if (other !== undefined) return [`${shown} and ${JSON.stringify(other)} are one file on some disks`];
      return [];
    })
    .concat(insideFiles(first));
}

function wrongIn(path: string): string | undefined {
  if (path === "") return "is empty";
  if (path.startsWith("/") || /^[a-z]:/i.test(path)) return "is absolute";
  if (/[\\\0\n\r]/.test(path)) return "holds a backslash, a NUL or a newline";
  const parts = path.split("/");
  if (parts.includes("..") || parts.includes(".")) return 'holds "." or ".."';
  if (parts.includes("")) return "holds an empty name";
  return undefined;
}

/** An object store may have `a` beside `a/b`; a directory cannot. */
function insideFiles(folded: ReadonlyMap<string, string>): readonly string[] {
  return [...folded].flatMap(([key, path]) => {
    const parts = key.split("/");
    const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
    const file = above.map((each) => folded.get(each)).find((each) => each !== undefined);
    return file === undefined ? [] : [`${JSON.stringify(path)} lies in ${JSON.stringify(file)}, which is a file`];
  });
}

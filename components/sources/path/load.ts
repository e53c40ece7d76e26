import { readFile } from "node:fs/promises";
import { join, resolve as toAbsolute } from "node:path";
import { copyFiles } from "../../host/copy-files.ts";
import { errorCode } from "../../host/host-error.ts";
import { hashOfFiles, listDirectory, pathsIn, UnhashableError } from "../directory-hash.ts";
import { differencesOf } from "../file-list.ts";
import { checkFormats } from "../formats/format-problems.ts";
import { type Found, type LoadSource, type ResolveReference, SourceError } from "../source.ts";
import type { ResolvedPathSource } from "./document.ts";

/** What content comes from by `source: { kind: path }`: a directory beside the program. */
export const load: LoadSource<Omit<ResolvedPathSource, "content">> = ({ path }, { root }) => {
  const directory = toAbsolute(root, path);
  const reading = <Read>(read: Promise<Read>): Promise<Read> =>
    read.catch((error: unknown) => {
      throw explained(error, path, root);
    });
  const pin = async (): Promise<Found> => {
    const files = await reading(listDirectory(directory));
    checkFormats(
      path,
      files.map((file) => ({ ...file, at: join(directory, file.path) })),
      "path",
    );
    return { content: hashOfFiles(files), files };
  };
  return {
    name: path,
    place: directory,
    pin,
    async verify(content, files) {
      const found = await pin();
      if (found.content === content) return [];
      return files === undefined ? [`its content is ${found.content}`] : differencesOf(files, found.files);
    },
    async open(_content, copy) {
      copyFiles(directory, await reading(pathsIn(directory)), copy);
    },
    async read(file) {
      try {
        return await readFile(join(directory, file), "utf8");
      } catch (error) {
        if (["ENOENT", "ENOTDIR", "EISDIR"].includes(errorCode(error) ?? "")) return undefined;
        throw error;
      }
    },
  };
};

/** A directory beside the program is its own reference. */
export const resolve: ResolveReference = async (reference) => ({
  kind: "path",
  path: reference.replace(/^(?:\.\/+)+|\/+$/g, ""),
});

function explained(error: unknown, path: string, root: string): unknown {
  if (error instanceof UnhashableError) {
    const [allowed, cure] = ["a directory of regular files", "Remove what cannot be pinned."];
    return new SourceError({ seen: error.message, allowed, cure, field: "path" }, { cause: error });
  }
  if (errorCode(error) !== "ENOENT") return error;
  return new SourceError(
    {
      seen: `"${path}", which does not exist in ${root}`,
      allowed: "a directory below the folder of Pulumi.yaml",
      cure: "Correct the path, or put the files there.",
      field: "path",
    },
    { cause: error },
  );
}

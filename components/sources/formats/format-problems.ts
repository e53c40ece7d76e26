import { extname } from "node:path";
import { SourceError } from "../source.ts";
import { onnxProblems } from "./onnx.ts";
import { pointerProblem } from "./pointer.ts";
import { type ReadableFile, type SizeOf, withFile } from "./readable-file.ts";
import { safetensorsProblem } from "./safetensors.ts";

/** A file of a content, and where it can be read. */
export interface PlacedFile {
  /** As it is called in the version's directory. */
  readonly path: string;
  readonly bytes: number;
  /** Absolute. Absent: nothing of it is on this machine, and only that it is one of the files is known. */
  readonly at?: string;
}

type Scan = (file: ReadableFile, path: string, sizeOf: SizeOf) => readonly string[];

const asList = (problem: string | undefined): readonly string[] => (problem === undefined ? [] : [problem]);

/** What reads the header of each format, by what its files are called. */
const scans: Readonly<Record<string, Scan>> = {
  ".safetensors": (file) => asList(safetensorsProblem(file)),
  ".onnx": onnxProblems,
};

/**
 * What keeps files from being loaded as what they are called, a sentence each. Headers are read, no weights: whoever loads a
 * file trusts its header, and learns of a lie in it after the deployment, or not at all.
 */
export function formatProblems(files: readonly PlacedFile[]): readonly string[] {
  const sizes = new Map(files.map(({ path, bytes }) => [path, bytes]));
  const sizeOf: SizeOf = (path) => sizes.get(path);
  return files.flatMap(({ path, at }) =>
    at === undefined ? [] : problemsIn(path, at, sizeOf).map((problem) => `${path} ${problem}`),
  );
}

function problemsIn(path: string, at: string, sizeOf: SizeOf): readonly string[] {
  return withFile(at, (file) => {
    const pointer = pointerProblem(file);
    return pointer === undefined ? (scans[extname(path).toLowerCase()]?.(file, path, sizeOf) ?? []) : [pointer];
  });
}

/** Refuses files whose headers lie. @param field of the document's part @throws SourceError */
export function checkFormats(name: string, files: readonly PlacedFile[], field: string): void {
  const problems = formatProblems(files);
  if (problems.length === 0) return;
  throw new SourceError({
    seen: `${name}: ${problems.join("; ")}`,
    allowed: "whole files of the format that their names say, with all that they refer to beside them",
    cure: "Write them again with the library that made them, or fetch them again; leave out what is something else.",
    field,
  });
}

import type { ReadableFile } from "./readable-file.ts";

const BEGINS = "version https://git-lfs.github.com/spec/v1\n";

/** Longer than this no pointer is: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const LONGEST = 1024;

/** Says so where the file stands for another one: what a clone without Git LFS holds in its place. */
export function pointerProblem({ bytes, read }: ReadableFile): string | undefined {
  if (bytes >= LONGEST || read(0, BEGINS.length).toString("latin1") !== BEGINS) return undefined;
  return "is a pointer of Git LFS, and not the file (git lfs pull fetches it)";
}

import { closeSync, constants, copyFileSync, fchmodSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Copies these files and no others into a new directory, read-only, and onto the disk itself.
 * @param paths relative to both directories
 */
export function copyFiles(source: string, paths: readonly string[], target: string): void {
  for (const path of paths) copyFile(join(source, path), join(target, path));
}

/** Copies one file to where none is, as a plain file of its own: no link, whose other names some readers refuse. */
export function copyFile(from: string, copy: string): void {
  mkdirSync(dirname(copy), { recursive: true, mode: 0o755 });
  copyFileSync(from, copy, constants.COPYFILE_FICLONE);
  const file = openSync(copy, "r");
  try {
    fchmodSync(file, 0o444);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

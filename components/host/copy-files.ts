import { closeSync, copyFileSync, fchmodSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Copies these files and no others into a new directory, read-only, and onto the disk itself.
 * @param paths relative to both directories
 */
export function copyFiles(source: string, paths: readonly string[], target: string): void {
  for (const path of paths) {
    const copy = join(target, path);
    mkdirSync(dirname(copy), { recursive: true, mode: 0o755 });
    copyFileSync(join(source, path), copy);
    const file = openSync(copy, "r");
    try {
      fchmodSync(file, 0o444);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}

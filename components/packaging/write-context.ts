import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { UnpackagedError } from "./image-plan.ts";
import { DOCKERFILE_MARK } from "./render-dockerfile.ts";

/** What a folder of a context holds: texts, and files that are copied there. */
export interface ContextFiles {
  readonly texts: Readonly<Record<string, string>>;
  /** Where they are now, by their path in the context. */
  readonly copied: Readonly<Record<string, string>>;
}

/**
 * Writes the folder that an image is made from, whole or not at all.
 * @param fill puts the version's files into an empty folder, and lists all parts of the image
 * @throws UnpackagedError when something else stands there
 */
export async function writeContext(
  folder: string,
  { texts, copied }: ContextFiles,
  fill: (directory: string) => Promise<string>,
): Promise<void> {
  if (existsSync(folder) && !isContext(folder)) {
    throw new UnpackagedError(
      `${folder}: seen a folder of something else; allowed: none, or one that mlc package wrote. Name another with --out.`,
    );
  }
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  try {
    mkdirSync(join(unfinished, "model"), { recursive: true });
    const bill = await fill(join(unfinished, "model"));
    for (const [path, from] of Object.entries(copied)) {
      mkdirSync(dirname(join(unfinished, path)), { recursive: true });
      cpSync(from, join(unfinished, path), { dereference: true });
    }
    for (const [path, text] of Object.entries({ ...texts, "bill/sbom.cdx.json": bill })) {
      mkdirSync(dirname(join(unfinished, path)), { recursive: true });
      writeFileSync(join(unfinished, path), text);
    }
    forEverybody(unfinished);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

const isContext = (folder: string): boolean =>
  existsSync(join(folder, "Dockerfile")) &&
  readFileSync(join(folder, "Dockerfile"), "utf8").startsWith(DOCKERFILE_MARK);

/** A daemon keeps the modes that it finds, and who answers is not who wrote. */
function forEverybody(folder: string): void {
  for (const entry of globSync("**/*", { cwd: folder, withFileTypes: true })) {
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  }
  chmodSync(folder, 0o755);
}

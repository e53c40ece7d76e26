import { existsSync, globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { libraryVersion } from "../release/library-version.ts";
import type { Ingredient } from "./bill-of-materials.ts";
import { UnpackagedError } from "./image-plan.ts";

/** What answers in an image of the library's own server. */
export interface ServerFiles {
  /** Files by their path in the image's /app: where they are here. */
  readonly files: Readonly<Record<string, string>>;
  readonly ingredients: readonly Ingredient[];
}

/** Packages of ONNX Runtime, which are found beside the bundle. */
const ONNX = ["onnxruntime-node", "onnxruntime-common"] as const;

/**
 * The library's model server in one file, and for ONNX the packages that it runs by.
 * @param root folder of the project, whose ONNX Runtime it is
 * @throws UnpackagedError when something is not installed or built
 */
export function serverFiles(root: string, runtime: "own" | "onnx"): ServerFiles {
  const own = {
    files: { "server.mjs": bundlePath() },
    ingredients: [
      { from: "npm", name: "pulumi-model-lifecycle", version: libraryVersion } as const,
      ingredientOf(join(packageFolder(fileURLToPath(import.meta.url), "zod"))),
    ],
  };
  if (runtime === "own") return own;
  const folders = ONNX.map((name) => packageFolder(join(root, "package.json"), name));
  const linux = folders.flatMap((folder, index) =>
    globSync("**/*", { cwd: folder, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      // An image runs on Linux.
      .filter((path) => !/\/(?:darwin|win32|script)\//.test(path.slice(folder.length)))
      .map((path) => [`node_modules/${ONNX[index]}${path.slice(folder.length)}`, path] as const),
  );
  return {
    files: { ...own.files, ...Object.fromEntries(linux) },
    ingredients: [...own.ingredients, ...folders.map(ingredientOf)],
  };
}

/** The server as it was bundled when the library was built. */
function bundlePath(): string {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const built = here.includes("/dist/") ? here : here.replace(/components\/packaging\/$/, "dist/$&");
  const path = `${built}server.mjs`;
  if (existsSync(path)) return path;
  throw new UnpackagedError(`${path} is missing: the server was not built. Run npm run build in the library's folder.`);
}

function packageFolder(from: string, name: string): string {
  try {
    const entry = createRequire(from).resolve(name);
    return entry.slice(0, entry.lastIndexOf(join("node_modules", name)) + join("node_modules", name).length);
  } catch (error) {
    throw new UnpackagedError(
      `${name} is not installed beside ${dirname(from)}. Run npm install ${name === "onnxruntime-common" ? ONNX[0] : name} in the project's folder.`,
      { cause: error },
    );
  }
}

function ingredientOf(folder: string): Ingredient {
  const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Ingredient;
  return { from: "npm", name, version };
}

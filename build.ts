/** Puts beside the compiled code what is not code: plugin and policy manifests, the live page, example projects. */
import { cpSync, globSync } from "node:fs";
import { build } from "rolldown";

const assets = globSync("{components,stacks,policies,examples}/**/*", { withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.endsWith(".ts"))
  .map((entry) => `${entry.parentPath}/${entry.name}`)
  .filter((path) => !path.includes("/node_modules/") && !path.includes("/.model-lifecycle/"))
  // Models and lock files of others' servers, for reading.
  .filter((path) => !path.includes("/bring-your-own-server/"));

for (const path of assets) cpSync(path, `dist/${path}`);
// The examples' programs are shown as they are written: Node runs them without a build.
for (const path of globSync("examples/*/index.ts")) cpSync(path, `dist/${path}`);

/** The library's model server is one file in an image, which has no package manager. ONNX Runtime is no script, and stands beside it. */
await build({
  input: "components/platforms/local/server/main.ts",
  platform: "node",
  logLevel: "warn",
  external: ["onnxruntime-node"],
  output: { file: "dist/components/packaging/server.mjs", format: "esm", codeSplitting: false },
});

/** The controller of a cluster is one file that runs by itself on a stock Node image. Not minified: who operates it can read it. */
await build({
  input: "components/platforms/kubernetes/controller/main.ts",
  platform: "node",
  logLevel: "warn",
  output: { file: "dist/components/platforms/kubernetes/controller/main.mjs", format: "esm" },
});

/** Puts beside the compiled code what is not code: plugin and policy manifests, the live page, example projects. */
import { cpSync, globSync } from "node:fs";

const assets = globSync("{components,stacks,policies,examples}/**/*", { withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.endsWith(".ts"))
  .map((entry) => `${entry.parentPath}/${entry.name}`)
  .filter((path) => !path.includes("/node_modules/") && !path.includes("/.model-lifecycle/"));

for (const path of assets) cpSync(path, `dist/${path}`);
// The examples' programs are shown as they are written: Node runs them without a build.
for (const path of globSync("examples/*/index.ts")) cpSync(path, `dist/${path}`);

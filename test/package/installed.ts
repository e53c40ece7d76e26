import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repository, run } from "../support/project.ts";

/** Installs what `npm publish` would publish into a directory outside this repository, as a user would. */
export async function installPackage(dir: string, env: NodeJS.ProcessEnv): Promise<void> {
  // Of this repository nothing but Node is on PATH.
  env.PATH = `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH}`;
  const tarballs = path.join(dir, ".tarball");
  mkdirSync(tarballs);
  await must("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", tarballs], repository, env);
  const sdk = JSON.parse(readFileSync(path.join(repository, "node_modules/@pulumi/pulumi/package.json"), "utf8"));
  writeFileSync(path.join(dir, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  const packages = [`.tarball/pulumi-model-lifecycle-${libraryVersion()}.tgz`, `@pulumi/pulumi@${sdk.version}`];
  await must("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...packages], dir, env);
}

export const libraryVersion = (): string =>
  (JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8")) as { readonly version: string }).version;

export async function must(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const { code, output } = await run(command, args, cwd, env);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: exit code ${code}\n${output}`);
  return output;
}

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { cacheFolder } from "../../components/host/cache-folder.ts";
import { bad, type Finding, good } from "../../components/platforms/data-plane.ts";
import { checkRelease } from "../../components/release/index.ts";
import { cachedEngine, engineCache } from "../engine/cache.ts";
import { inspect, minimumVersion } from "../engine/inspect.ts";
import { onPath, underPulumiHome } from "../engine/installed.ts";
import { Failure } from "./failure.ts";
import { type Project, projectFileIn } from "./project.ts";
import {
  broughtByPlatform,
  findLibrary,
  findPackage,
  kindsNamedIn,
  missingLines,
  pluginsOf,
  providerLines,
  providerPath,
} from "./project-lines.ts";
import { readProjectFile, readStackFile } from "./stack-file.ts";
import { checkFiles } from "./version-files.ts";

/** Node and the engine. An engine is only looked for: to build one would take minutes. */
export async function checkMachine(env: NodeJS.ProcessEnv = process.env): Promise<readonly Finding[]> {
  // An older Node does not come so far: mlc.ts asks first.
  return [good("node", process.version), await checkEngine(env)];
}

async function checkEngine(env: NodeJS.ProcessEnv): Promise<Finding> {
  const home = env.HOME || homedir();
  const installed = [...onPath(env), ...(await underPulumiHome(env.PULUMI_HOME || join(home, ".pulumi")))];
  for (const path of installed) {
    const { version } = await inspect(path, env);
    if (version !== undefined) return good("engine", `Pulumi ${version}, ${path}`);
  }
  const cache = engineCache(cacheFolder(env, "engine"));
  const cached = await cachedEngine(cache, env);
  if (cached) return good("engine", `Pulumi ${cached.version}, ${cached.path}`);
  return bad(
    "engine",
    `no Pulumi CLI of version ${minimumVersion} or newer on PATH or below PULUMI_HOME`,
    "install it (https://www.pulumi.com/docs/install/); where Go 1.25.11 or newer is installed, the next command that needs one builds it",
  );
}

/** The stack's configuration, its files and what Pulumi.yaml has to say. */
export const checkProject = async (project: Project): Promise<readonly Finding[]> => [
  ...(await readable("configuration", checkConfiguration, project)),
  ...(await readable("provider", checkProjectFile, project)),
];

type Check = (project: Project, check: string) => readonly Finding[] | Promise<readonly Finding[]>;

async function readable(name: string, check: Check, project: Project): Promise<readonly Finding[]> {
  try {
    return await check(project, name);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [bad(name, error.message, "correct the file")];
  }
}

function checkProjectFile(project: Project): readonly Finding[] {
  const { root } = project;
  const file = projectFileIn(root) ?? join(root, "Pulumi.yaml");
  const document = readProjectFile(file);
  const { release } = readStackFile(project);
  const named = kindsNamedIn(release);
  const { sdk } = broughtByPlatform(named.platform);
  const plugins = pluginsOf(named);
  const library = findLibrary(root).path;
  const missing = missingLines(document, library, []);
  const cure = (lines: readonly string[]) => `write into ${file}:\n${lines.map((line) => `      ${line}`).join("\n")}`;
  return [
    ...plugins.map((plugin) => {
      const path = providerPath(document, plugin);
      if (path !== undefined) return checkPlugin(root, file, path);
      return bad("provider", `${file} names no plugin ${plugin.name}`, cure(providerLines(library, [plugin])));
    }),
    ...(sdk === undefined ? [] : [checkSdk(root, sdk)]),
    missing.refresh
      ? bad(
          "refresh",
          `${file} has no refresh: always: an up after a reboot says "unchanged" and starts nothing`,
          cure(missing.refresh),
        )
      : good("refresh", "before each up what really runs is looked at"),
  ];
}

function checkPlugin(root: string, file: string, path: string): Finding {
  if (existsSync(join(resolve(root, path), "PulumiPlugin.yaml"))) return good("provider", path);
  const seen = `${file} names ${path}, where there is no PulumiPlugin.yaml`;
  return bad("provider", seen, "run npm install, or correct the path");
}

/** The package that the platform's resources are written with. */
function checkSdk(root: string, name: string): Finding {
  const { path, installed } = findPackage(root, name);
  return installed ? good("sdk", path) : bad("sdk", `${name} is not installed`, `npm install ${name}`);
}

async function checkConfiguration(project: Project, check: string): Promise<readonly Finding[]> {
  const { path, release } = readStackFile(project);
  const problems = [...checkRelease(release), ...(await checkFiles(project.root, release))];
  if (problems.length === 0) return [good(check, `${path} is valid and the files match their pins`)];
  const seen = `${path} has ${problems.length} problems, the first at ${problems[0]?.path}`;
  return [bad(check, seen, "mlc validate lists them")];
}

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { checkRelease } from "../../../components/spec/index.ts";
import { cachedEngine, engineCache } from "../../engine/cache.ts";
import { inspect, minimumVersion } from "../../engine/inspect.ts";
import { onPath, underPulumiHome } from "../../engine/installed.ts";
import { Failure } from "../failure.ts";
import { type Project, projectFileIn } from "../project.ts";
import { isMapping } from "../render-yaml.ts";
import { readProjectFile, readStackFile } from "../stack-file.ts";
import { checkFiles } from "../version-files.ts";
import { bad, type Finding, good } from "./finding.ts";

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
  const cache = engineCache(join(env.XDG_CACHE_HOME || join(home, ".cache"), "model-lifecycle", "engine"));
  const cached = await cachedEngine(cache, env);
  if (cached) return good("engine", `Pulumi ${cached.version}, ${cached.path}`);
  return bad(
    "engine",
    `no Pulumi CLI of version ${minimumVersion} or newer on PATH or below PULUMI_HOME`,
    "install it (https://www.pulumi.com/docs/install/); where Go 1.25.11 or newer is installed, the next command that needs one builds it",
  );
}

/** The stack's configuration, its files and the provider that Pulumi.yaml names. */
export const checkProject = async (project: Project): Promise<readonly Finding[]> => [
  await readable("configuration", checkConfiguration, project),
  await readable("provider", checkProvider, project),
];

type Check = (check: string, project: Project) => Finding | Promise<Finding>;

async function readable(name: string, check: Check, project: Project): Promise<Finding> {
  try {
    return await check(name, project);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return bad(name, error.message, "correct the file");
  }
}

async function checkConfiguration(check: string, project: Project): Promise<Finding> {
  const { path, release } = readStackFile(project);
  const problems = [...checkRelease(release), ...(await checkFiles(project.root, release))];
  if (problems.length === 0) return good(check, `${path} is valid and the files match their pins`);
  return bad(
    check,
    `${path} has ${problems.length} problems, the first at ${problems[0]?.path}`,
    "mlc validate lists them",
  );
}

const PROVIDER = "model-lifecycle-local";

function checkProvider(check: string, { root }: Project): Finding {
  const file = projectFileIn(root) ?? join(root, "Pulumi.yaml");
  const { plugins } = readProjectFile(file);
  const providers = isMapping(plugins) ? plugins.providers : undefined;
  const named = (Array.isArray(providers) ? providers : []).find((each) => isMapping(each) && each.name === PROVIDER);
  const path: unknown = isMapping(named) ? named.path : undefined;
  if (typeof path !== "string") {
    return bad(
      check,
      `${file} names no plugin ${PROVIDER}`,
      "add it under plugins.providers; `mlc init` in an empty folder shows how",
    );
  }
  if (existsSync(join(resolve(root, path), "PulumiPlugin.yaml"))) return good(check, path);
  return bad(
    check,
    `${file} names ${path}, where there is no PulumiPlugin.yaml`,
    "run npm install, or correct the path",
  );
}

import { homedir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../../components/host/cache-folder.ts";
import { buildEngine } from "./build.ts";
import { cachedEngine, engineCache } from "./cache.ts";
import { type Engine, type Inspection, inspect, minimumVersion } from "./inspect.ts";
import { onPath, underPulumiHome } from "./installed.ts";

export type { Engine } from "./inspect.ts";

/** Where an engine is looked for, and how its user hears of a build. */
export interface FindEngineOptions {
  /** Where PATH, PULUMI_HOME, XDG_CACHE_HOME, HOME and Go's settings are read from. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Called with one line of text at least every ten seconds while a build runs or is waited for. @default silence */
  readonly progress?: (line: string) => void;
  /** Folder of the built engines. @default `${XDG_CACHE_HOME:-~/.cache}/model-lifecycle/engine` */
  readonly cacheDir?: string;
}

/**
 * Finds a Pulumi CLI of version 3.249.0 or newer: on PATH, below PULUMI_HOME, in this library's cache, or, where Go is
 * installed, by building one into that cache (minutes, once).
 *
 * @throws Error that lists what was seen in each place and what to install.
 */
export async function findEngine(options: FindEngineOptions = {}): Promise<Engine> {
  const env = options.env ?? process.env;
  const progress = options.progress ?? (() => {});
  const home = env.HOME || homedir();
  const cache = engineCache(options.cacheDir ?? cacheFolder(env, "engine"));
  const pulumiHome = env.PULUMI_HOME || join(home, ".pulumi");

  const path = await firstUsable("path", onPath(env), env);
  if (path.engine) return path.engine;

  const downloads = await firstUsable("pulumi-home", await underPulumiHome(pulumiHome), env);
  if (downloads.engine) return downloads.engine;

  const cached = await cachedEngine(cache, env);
  if (cached) return cached;

  const built = await buildEngine({ cache, env: { ...env, HOME: home }, progress });
  if ("path" in built) return built;

  throw new Error(
    [
      `No Pulumi CLI of version ${minimumVersion} or newer was found.`,
      `  1. on PATH: ${path.seen}`,
      `  2. in ${join(pulumiHome, "versions")}: ${downloads.seen}`,
      `  3. built from its Go modules: ${built.refused}`,
      "Install the Pulumi CLI (https://www.pulumi.com/docs/install/), or, where it cannot be downloaded, Go 1.25.11 or newer (https://go.dev/dl/) and run this again.",
    ].join("\n"),
  );
}

interface Search {
  readonly engine?: Engine;
  readonly seen: string;
}

async function firstUsable(
  from: Engine["from"],
  candidates: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Search> {
  const refused: Inspection[] = [];
  for (const path of candidates) {
    const inspection = await inspect(path, env);
    if (inspection.version !== undefined) return { engine: { path, version: inspection.version, from }, seen: path };
    refused.push(inspection);
  }
  return { seen: refused.map((each) => each.refused).join("; ") || "no pulumi" };
}

import { join } from "node:path";
import { cachedEngine, type EngineCache, goModule, installLanguageHost } from "./cache.ts";
import { findGo, goBuild, pinned } from "./go-build.ts";
import { type Engine, inspect } from "./inspect.ts";
import { makeOnce, type NotMade } from "./once.ts";

/** What building an engine takes. */
export interface Build {
  readonly cache: EngineCache;
  readonly env: NodeJS.ProcessEnv;
  readonly progress: (line: string) => void;
}

/** Builds the engine into the cache, or waits for the process that does; tells why if this machine cannot build. */
export async function buildEngine(build: Build): Promise<Engine | NotMade> {
  const { cache, env, progress } = build;
  const go = await findGo(goModule, env);
  if ("refused" in go) return go;
  return makeOnce<Engine>({
    directory: cache.directory,
    what: "the Pulumi engine",
    progress,
    find: () => cachedEngine(cache, env),
    make: (folder) => buildInto(folder, build, go.path),
  });
}

async function buildInto(folder: string, { cache, env, progress }: Build, go: string): Promise<Engine | NotMade> {
  const pin = await pinned(goModule, /github\.com\/pulumi\/pulumi\/sdk\/v3 (v\S+)/);
  progress(`No Pulumi CLI found: building ${pin} from its Go modules. This happens once and takes 5 to 6 minutes.`);
  const args = buildArguments(pin, folder);
  const problem = await goBuild({ go, module: goModule, args, what: "the Pulumi engine", env, progress });
  if (problem !== undefined) return { refused: problem };
  await installLanguageHost(folder);
  const { version, refused } = await inspect(join(folder, "pulumi"), env);
  return version === undefined ? { refused } : { path: cache.path, version, from: "build" };
}

function buildArguments(version: string, directory: string): readonly string[] {
  const stamp = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
  return [
    ...["-tags", "osusergo grpcnotrace"],
    ...["-ldflags", `-w -s ${stamp}`],
    ...["-o", join(directory, "pulumi")],
    "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  ];
}

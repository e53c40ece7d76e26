import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../../../components/host/cache-folder.ts";
import { cacheName } from "../../../stacks/engine/cache.ts";
import { makeOnce, type NotMade } from "../../../stacks/engine/once.ts";
import { type Group, groups } from "./groups.ts";

/** The programs of the lane that are built from Go modules, or taken from a wheel; those without which nothing starts come first. */
export const programs = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
  "envoy",
  "argo-rollouts",
  "flagger",
] as const;

export type Program = (typeof programs)[number];

/** How programs are found, and how somebody hears of a build. */
export interface FindOptions {
  /** PATH, HOME, XDG_CACHE_HOME, and what go and pip read. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Called with one line of text at least every ten seconds while something is built. @default standard error */
  readonly progress?: (line: string) => void;
}

/**
 * The paths of these programs; what is not in the cache is built first, which takes minutes.
 *
 * @throws Error that names each program that cannot be had, why, and the command that gets it.
 */
export async function findPrograms<Name extends Program>(
  names: readonly Name[],
  options: FindOptions = {},
): Promise<Readonly<Record<Name, string>>> {
  const wanted = groups.filter((group) => names.some((name) => group.programs.includes(name)));
  const problems: string[] = [];
  const found = new Map<string, string>();
  for (const group of wanted) {
    const folder = await findGroup(group, options);
    if ("refused" in folder) problems.push(`  ${group.programs.join(", ")}: ${folder.refused}`);
    else for (const program of group.programs) found.set(program, join(folder.path, program));
  }
  if (problems.length > 0) throw new Error(refusalOf(problems));
  return Object.fromEntries(names.map((name) => [name, found.get(name)])) as Record<Name, string>;
}

/** Those of these programs that are not in the cache: a run that needs them builds first. */
export async function missingPrograms(
  names: readonly Program[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly Program[]> {
  const missing = await Promise.all(
    groups.map(async (group) => ((await holds(folderOf(group, env), group.programs)) ? [] : group.programs)),
  );
  return names.filter((name) => missing.flat().includes(name));
}

interface Folder {
  readonly path: string;
}

async function findGroup(group: Group, { env = process.env, progress = say }: FindOptions): Promise<Folder | NotMade> {
  const path = folderOf(group, env);
  if (await holds(path, group.programs)) return { path };
  return makeOnce<Folder>({
    directory: path,
    what: group.name,
    progress,
    find: async () => ((await holds(path, group.programs)) ? { path } : undefined),
    make: async (folder) => {
      const problem = await group.fill({ folder, what: group.name, env, progress });
      if (problem !== undefined) return { refused: problem };
      const complete = await holds(folder, group.programs);
      return complete ? { path } : { refused: `what was made lacks one of ${group.programs.join(", ")}` };
    },
  });
}

const folderOf = ({ programs, pins }: Group, env: NodeJS.ProcessEnv): string =>
  join(cacheFolder(env, "cluster"), `${programs.join("+")}-${cacheName(pins)}`);

async function holds(folder: string, programs: readonly string[]): Promise<boolean> {
  const executable = (program: string) => access(join(folder, program), constants.X_OK);
  return Promise.all(programs.map(executable)).then(
    () => true,
    () => false,
  );
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const refusalOf = (problems: readonly string[]): string =>
  [
    "These programs of a real cluster are not in the cache and cannot be made here:",
    ...problems,
    "They are made by `node test/cluster/binaries/main.ts`, where Go and pip can reach their registries; later runs need no network.",
  ].join("\n");

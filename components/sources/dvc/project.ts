import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { GOOGLE } from "../bucket-place.ts";
import { RemoteError } from "../fetched/remote.ts";

// What a project of DVC 3 says of an output: beside it in a .dvc file, or for one of a pipeline in dvc.lock; and where it was
// pushed to, in .dvc/config, over which config.local of this machine goes.

const output = z.object({
  path: z.string(),
  md5: z.string().optional(),
  hash: z.string().optional(),
  remote: z.string().optional(),
  files: z.array(z.unknown()).optional(),
});
type Output = z.output<typeof output>;

const dvcFile = z.object({ outs: z.array(output) });
const lockFile = z.object({ stages: z.record(z.string(), z.object({ outs: z.array(output).default([]) })) });

/** An output as DVC pinned it. */
export interface Pushed {
  readonly md5: string;
  /** Of the project's remotes, the one that it names. @default the project's default */
  readonly remote?: string;
}

/** Finds what is pinned of a path. @param path of an output or of a .dvc file, relative to the root @throws RemoteError */
export function findOutput(root: string, path: string): Pushed {
  const { path: _, md5, hash, remote, files } = lookUp(root, path);
  if (files !== undefined) {
    throw new RemoteError(`"${path}" is kept by the versions of a bucket`, { code: "VersionAware" });
  }
  if (md5 === undefined || hash !== "md5" || !/^[0-9a-f]{32}(?:\.dir)?$/.test(md5)) {
    throw new RemoteError(`"${path}" is pinned by ${hash ?? "the hash of DVC 2, which is not of its bytes"}`, {
      code: "OtherHash",
    });
  }
  return { md5, ...(remote !== undefined && { remote }) };
}

function lookUp(root: string, path: string): Output {
  const isFile = path.endsWith(".dvc");
  const beside = isFile ? path : `${path}.dvc`;
  if (existsSync(join(root, beside))) {
    const { outs } = read(join(root, beside), dvcFile);
    const found = isFile && outs.length === 1 ? outs[0] : outs.find((each) => each.path === basename(path));
    if (found !== undefined) return found;
  }
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const file = join(root, folder, "dvc.lock");
    const outs = existsSync(file) ? Object.values(read(file, lockFile).stages).flatMap((stage) => stage.outs) : [];
    const found = outs.find((each) => join(folder, each.path) === join(path));
    if (found !== undefined) return found;
    if (folder === dirname(folder))
      throw new RemoteError(`no .dvc file and no dvc.lock names "${path}"`, { code: "NoOutput" });
  }
}

function read<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(parsedYaml(file));
  if (parsed.success) return parsed.data;
  throw new RemoteError(`${file} is none that DVC wrote`, { code: "NoOutput" });
}

function parsedYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Where a remote is, as the release document names it. */
export interface RemotePlace {
  readonly remote: string;
  readonly region?: string;
  readonly endpoint?: string;
}

/** The place of one of the project's remotes. @param name @default the project's default @throws RemoteError */
export function findRemote(root: string, name?: string): RemotePlace {
  const folder = findFolder(root);
  const settings = new Map([...readConfig(join(folder, "config")), ...readConfig(join(folder, "config.local"))]);
  const asked = name ?? settings.get("core.remote");
  if (asked === undefined) throw new RemoteError(`${folder} names no default remote`, { code: "NoRemote" });
  const of = (option: string): string | undefined => settings.get(`remote.${asked}.${option}`);
  const url = of("url")?.replace(/\/+$/, "");
  if (url === undefined) throw new RemoteError(`${folder} has no remote "${asked}"`, { code: "NoRemote" });
  if ([of("version_aware"), of("worktree")].includes("true")) {
    throw new RemoteError(`the remote "${asked}" keeps files by their names`, { code: "VersionAware" });
  }
  const region = of("region");
  const endpoint = of("endpointurl")?.replace(/\/+$/, "");
  const [, scheme, rest = ""] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(url) ?? [];
  if (scheme === "s3") return { remote: url, ...(region && { region }), ...(endpoint && { endpoint }) };
  if (scheme === "gs") return { remote: `s3://${rest}`, region: "auto", endpoint: endpoint ?? GOOGLE };
  if (scheme === "http" || scheme === "https") return { remote: url };
  if (scheme !== undefined) throw new RemoteError(`the remote "${asked}" is at ${scheme}://`, { code: "OtherRemote" });
  return { remote: isAbsolute(url) ? url : relative(root, resolve(folder, url)) };
}

/** The folder .dvc of the project, which may be above. */
function findFolder(root: string): string {
  for (let folder = resolve(root); ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".dvc/config"))) return join(folder, ".dvc");
    if (folder === dirname(folder))
      throw new RemoteError(`there is no .dvc/config in ${root} or above`, { code: "NoRemote" });
  }
}

/** Its settings, named as `dvc config` names them: `core.remote`, `remote.<name>.url`. */
function readConfig(file: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  if (!existsSync(file)) return settings;
  let section = "";
  for (const line of readFileSync(file, "utf8")
    .split("\n")
    .map((each) => each.trim())) {
    const [, head] = /^\[(.+)\]$/.exec(line) ?? [];
    if (head !== undefined) section = head.replaceAll(/['"]/g, "").replace(/^remote /, "remote.");
    const [, key, value] = /^([\w.]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined)
      settings.set(`${section}.${key}`, value.replace(/^(['"])(.*)\1$/, "$2"));
  }
  return settings;
}

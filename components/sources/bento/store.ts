import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { errorCode } from "../../host/host-error.ts";
import { pathsIn, UnhashableError } from "../directory-hash.ts";
import { RemoteError, type RemoteFile } from "../fetched/remote.ts";

// A store as BentoML lays it out: `bentos/<name>/<version>/` with bento.yaml, `models/<name>/<version>/` with model.yaml, and
// beside the versions a file `latest` with the newest one's name. A version is a moment and no hash: a file that somebody
// changes there is served without a word.

/** Which of its two shelves. */
export type Shelf = "bentos" | "models";

/** A name and a version, with a colon between them. */
type Tag = string;

/** Where the store of this user is. */
export const storeOf = (env: NodeJS.ProcessEnv): string => env.BENTOML_HOME || join(env.HOME || homedir(), "bentoml");

/** A tag's folder in a store. */
export const folderOf = (store: string, shelf: Shelf, tag: Tag): string => join(store, shelf, ...tag.split(":"));

/** What `latest` is now. @throws RemoteError when there is no version of that name */
export async function latestOf(store: string, shelf: Shelf, name: string): Promise<string> {
  const file = join(store, shelf, name, "latest");
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (errorCode(error) !== "ENOENT") throw error;
    throw new RemoteError(`${file} does not exist`, { code: "NotInStore" });
  });
  return text.trim();
}

const modelEntry = z.object({
  tag: z.string(),
  registry: z.string().default("bentoml"),
  creation_time: z.string().default(""),
});
const bentoFile = z.object({
  models: z.array(modelEntry).default([]),
  services: z.array(z.object({ models: z.array(modelEntry).default([]) })).default([]),
});
type ModelEntry = z.output<typeof modelEntry>;

/**
 * A Bento as `bentoml export` packs it: its own files, and below `models/` those of each model that it names. BentoML
 * serves such a folder without its store.
 * @throws RemoteError when a part of it is not in the store, or is in no store
 */
export async function listBento(store: string, tag: Tag): Promise<readonly RemoteFile[]> {
  const folder = folderOf(store, "bentos", tag);
  const own = await listFolder(folder, "");
  const models = modelsOf(await readFile(join(folder, "bento.yaml"), "utf8").catch(() => ""), tag);
  const elsewhere = models.filter(({ registry }) => registry !== "bentoml");
  if (elsewhere.length > 0) {
    const names = elsewhere.map((each) => `${each.tag} of ${each.registry}`).join(", ");
    throw new RemoteError(`it fetches ${names} when it starts`, { code: "NotPacked" });
  }
  const misnamed = models.find((each) => !/^[a-z0-9][a-z0-9._-]*:[a-z0-9][a-z0-9._-]*$/.test(each.tag));
  if (misnamed !== undefined)
    throw new RemoteError(`its model ${JSON.stringify(misnamed.tag)} is no tag`, { code: "NotPacked" });
  const files: RemoteFile[] = [...own, ...latestFiles(models)];
  for (const model of models) {
    files.push(...(await listFolder(folderOf(store, "models", model.tag), `models/${model.tag.replace(":", "/")}/`)));
  }
  return files;
}

/** A model as `bentoml models export` packs it. @throws RemoteError when it is not in the store */
export const listModel = (store: string, tag: Tag): Promise<readonly RemoteFile[]> =>
  listFolder(folderOf(store, "models", tag), "");

/** Each once, as services and the Bento itself name them. */
function modelsOf(text: string, tag: Tag): readonly ModelEntry[] {
  const { success, data } = bentoFile.safeParse(parsedYaml(text));
  if (!success) throw new RemoteError(`bento.yaml of ${tag} is none that BentoML wrote`, { code: "NotPacked" });
  const all = [...data.models, ...data.services.flatMap(({ models }) => models)];
  return [...new Map(all.map((each) => [each.tag, each])).values()];
}

function parsedYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** Without it BentoML would write the file where a service asks for the latest, in a folder that is read-only. */
function latestFiles(models: readonly ModelEntry[]): readonly RemoteFile[] {
  const newest = new Map<string, ModelEntry>();
  for (const model of models) {
    const [name = ""] = model.tag.split(":");
    const before = newest.get(name);
    if (before === undefined || before.creation_time < model.creation_time) newest.set(name, model);
  }
  return [...newest].map(([name, { tag }]) => {
    const version = tag.slice(name.length + 1);
    return { path: `models/${name}/latest`, bytes: version.length, request: () => ({ url: `data:,${version}` }) };
  });
}

async function listFolder(folder: string, prefix: string): Promise<readonly RemoteFile[]> {
  const paths = await filesIn(folder);
  const files: RemoteFile[] = [];
  for (const path of paths) {
    const file = join(folder, path);
    const request = () => ({ url: pathToFileURL(file).href });
    files.push({ path: `${prefix}${path}`, bytes: (await stat(file)).size, request });
  }
  return files;
}

/** @throws RemoteError when it is not there, or holds what cannot be pinned */
export const filesIn = (folder: string): Promise<readonly string[]> =>
  pathsIn(folder).catch((error: unknown) => {
    if (error instanceof UnhashableError) throw new RemoteError(error.message, { code: "Unhashable", cause: error });
    if (errorCode(error) !== "ENOENT") throw error;
    throw new RemoteError(`${folder} does not exist`, { code: "NotInStore" });
  });

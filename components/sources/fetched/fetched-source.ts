import { closeSync, openSync, readSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { copyFile } from "../../host/copy-files.ts";
import { byBytes, type HashedFile, hashOfFiles } from "../directory-hash.ts";
import { differencesOf, type ListedFile } from "../file-list.ts";
import { checkFormats, type PlacedFile } from "../formats/format-problems.ts";
import { HEAD_BYTES, isPickle } from "../formats/pickles.ts";
import { readFileListOf } from "../kept-lists.ts";
import { PIN_FIELD } from "../pinned.ts";
import { type Found, type Source, type SourceContext, SourceError } from "../source.ts";
import { ask } from "./ask.ts";
import { type ContentStore, openContentStore } from "./content-store.ts";
import { fetchBlob } from "./fetch-blob.ts";
import { progressOf } from "./progress.ts";
import { type Advice, type Remote, RemoteError, type RemoteFile } from "./remote.ts";
import { nameProblems } from "./remote-names.ts";

/** What a part of the document says beside where the files are. */
export interface FetchedPart {
  /** Why pickles are let in. */
  readonly allowPickle?: string;
}

/**
 * Makes a source of a place elsewhere. Each file is fetched once for this user, is gone on with where it was cut, and is
 * what its hash says or not there at all.
 */
export function fetchedSource(
  remote: Remote,
  { allowPickle }: FetchedPart,
  { root, progress }: SourceContext,
  store: ContentStore = openContentStore(),
): Source {
  const { name, place } = remote;
  const explained = <Value>(asked: Promise<Value>): Promise<Value> => explainedBy(remote, asked);

  async function list(): Promise<readonly RemoteFile[]> {
    const files = (await explained(remote.list())).toSorted((one, other) => byBytes(one.path, other.path));
    const problems = nameProblems(files);
    if (problems.length > 0) throw refusedNames(name, problems);
    return files;
  }

  /** Of what was pinned without a download the header is read when it has come. */
  function placed({ path, hash, bytes }: ListedFile & Partial<HashedFile>): PlacedFile {
    const facts = statSync(store.pathOf(hash), { throwIfNoEntry: false });
    return { path, bytes: facts?.size ?? bytes ?? 0, ...(facts !== undefined && { at: store.pathOf(hash) }) };
  }

  const fetching = (files: readonly RemoteFile[]) => ({ store, place, arrived: progressOf(name, files, progress) });

  async function pin(): Promise<Found> {
    const files = await list();
    const into = fetching(files.filter(({ hash }) => hash === undefined));
    const hashed: HashedFile[] = [];
    const pickles: string[] = [];
    for (const file of files) {
      const { path, bytes, hash } = file;
      const found = hash === undefined ? await explained(fetchBlob(into, file)) : { path, bytes, hash };
      hashed.push(found);
      if (allowPickle === undefined && isPickle(path, await explained(headOf(store, file, found.hash))))
        pickles.push(path);
    }
    if (pickles.length > 0) throw refusedPickles(name, pickles);
    checkFormats(name, hashed.map(placed), "kind");
    store.keepList(hashed);
    return { content: hashOfFiles(hashed), files: hashed };
  }

  /** The list of the pinned content: as it is kept, or as the place has it. */
  async function wantedFiles(content: string): Promise<readonly ListedFile[]> {
    const kept = store.listOf(content) ?? readFileListOf(root, content);
    if (kept !== undefined) return kept;
    const found = await pin();
    if (found.content === content) return found.files;
    throw new SourceError({
      seen: `${name}, whose content is ${found.content}`,
      allowed: `the pinned content, ${content}`,
      cure: "Bring the files back there; or add what is there now as another version: mlc add.",
      field: PIN_FIELD,
    });
  }

  /** Fetches what is wanted, under its name at the place; where that is other bytes by now, from what it keeps of earlier ones. */
  async function bring(wanted: readonly ListedFile[]): Promise<void> {
    const missing: ListedFile[] = [];
    for (const file of wanted) if (!(await store.holds(file.hash))) missing.push(file);
    if (missing.length === 0) return;
    const listed = new Map((await list()).map((file) => [file.path, file]));
    const into = fetching([...listed.values()].filter(({ path }) => missing.some((each) => each.path === path)));
    const gone: string[] = [];
    for (const { path, hash } of missing) {
      const now = listed.get(path);
      const isNow = now !== undefined && (now.hash ?? hash) === hash;
      const found = isNow && (await explained(hasFetched(fetchBlob(into, now, hash))));
      if (!found && !(await explained(fromEarlier(path, hash))))
        gone.push(`${path} ${now === undefined ? "is missing" : "was changed"}`);
    }
    if (gone.length > 0) throw goneAtPlace(name, gone);
  }

  async function fromEarlier(path: string, hash: string): Promise<boolean> {
    for (const file of (await remote.earlier?.(path)) ?? []) {
      if ((file.hash ?? hash) === hash && (await hasFetched(fetchBlob(fetching([file]), file, hash)))) return true;
    }
    return false;
  }

  return {
    name,
    place,
    pin,
    async verify(content, files) {
      const found = await pin();
      if (found.content === content) return [];
      return files === undefined ? [`its content is ${found.content}`] : differencesOf(files, found.files);
    },
    async open(content, directory) {
      const wanted = await wantedFiles(content);
      const problems = nameProblems(wanted);
      if (problems.length > 0) throw refusedNames(name, problems);
      await bring(wanted);
      const heads = wanted.map(({ path, hash }) => ({ path, head: readHead(store.pathOf(hash)) }));
      const pickles = heads.filter(({ path, head }) => isPickle(path, head)).map(({ path }) => path);
      if (allowPickle === undefined && pickles.length > 0) throw refusedPickles(name, pickles);
      checkFormats(name, wanted.map(placed), "kind");
      for (const { path, hash } of wanted) copyFile(store.pathOf(hash), join(directory, path));
    },
    async read(path) {
      const file = (await list()).find((each) => each.path === path);
      if (file === undefined) return undefined;
      const { hash } = await explained(fetchBlob(fetching([file]), file));
      return readFile(store.pathOf(hash), "utf8");
    },
  };
}

/** Says with a refusal what is to be done about it. */
export async function explainedBy<Value>(
  { name, advise }: Pick<Remote, "name" | "advise">,
  asked: Promise<Value>,
): Promise<Value> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    const advice = error.code === "changed" ? otherBytes : advise(error);
    throw new SourceError({ seen: `${name}: ${error.message}`, ...advice }, { cause: error });
  }
}

const otherBytes: Advice = {
  allowed: "the bytes whose hash is listed",
  cure: "It is damaged there, or on the way: fetch it again, and tell who keeps it when it stays so.",
  field: PIN_FIELD,
};

/** Whether it could be had; false where the place has other bytes under this name. */
async function hasFetched(fetched: Promise<unknown>): Promise<boolean> {
  try {
    await fetched;
    return true;
  } catch (error) {
    if (error instanceof RemoteError && (error.code === "changed" || error.status === 404 || error.status === 412))
      return false;
    throw error;
  }
}

/** How a file begins, of which perhaps nothing is here. */
async function headOf(store: ContentStore, file: RemoteFile, hash: string): Promise<Buffer> {
  if (await store.holds(hash)) return readHead(store.pathOf(hash));
  if (file.bytes === 0) return Buffer.alloc(0);
  const response = await ask(await file.request(), { headers: { range: `bytes=0-${HEAD_BYTES - 1}` } });
  if (!response.ok)
    throw new RemoteError(`${file.path} is answered with ${response.status}`, { status: response.status });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    // A server that ignores ranges would send all of it.
    if (length >= HEAD_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, HEAD_BYTES);
}

function readHead(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.subarray(0, readSync(file, head, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}

const refusedNames = (name: string, problems: readonly string[]): SourceError =>
  new SourceError({
    seen: `${name}: ${problems.join("; ")}`,
    allowed: "names of files inside a directory, which every disk tells apart",
    cure: "Rename them there, or leave them out.",
    field: "kind",
  });

const refusedPickles = (name: string, paths: readonly string[]): SourceError =>
  new SourceError({
    seen: `${name}: ${paths.join(", ")}, which ${paths.length === 1 ? "is a pickle" : "are pickles"}: loading one runs code that stands in it`,
    allowed: "files that are only data, such as safetensors, ONNX or skops",
    cure: "Convert them, leave them out, or say why they may be loaded: allowPickle: <reason>.",
    field: "allowPickle",
  });

const goneAtPlace = (name: string, gone: readonly string[]): SourceError =>
  new SourceError({
    seen: `${name}: the pinned content is gone there: ${gone.join("; ")}`,
    allowed: "the files that were pinned",
    cure: "Bring them back there, or deploy once from a machine that has fetched them: they are kept below ~/.cache/model-lifecycle.",
    field: PIN_FIELD,
  });

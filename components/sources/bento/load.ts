import { resolve as toAbsolute } from "node:path";
import { type ContentStore, openContentStore } from "../fetched/content-store.ts";
import { explainedBy, fetchedSource } from "../fetched/fetched-source.ts";
import type { Advice, Remote, RemoteError } from "../fetched/remote.ts";
import { type LoadSource, type ResolveReference, SourceError } from "../source.ts";
import { listArchive } from "./archive.ts";
import type { ResolvedBentoSource } from "./document.ts";
import { folderOf, latestOf, listBento, listModel, type Shelf, storeOf } from "./store.ts";

type Part = Omit<ResolvedBentoSource, "content">;

/** What content comes from by `source: { kind: bento }`: the store of `BENTOML_HOME`, or a file that was exported from one. */
export const load: LoadSource<Part> = (part, context) => {
  const store = openContentStore();
  return fetchedSource(remoteOf(part, context.root, store), part, context, store);
};

function remoteOf({ bento, model, archive }: Part, root: string, store: ContentStore): Remote {
  if (archive !== undefined) {
    const place = toAbsolute(root, archive);
    return { name: archive, place, list: () => listArchive(place, store), advise: adviseFor("archive") };
  }
  const home = storeOf(process.env);
  const [shelf, tag = "", list]: readonly [Shelf, string | undefined, typeof listBento] =
    model === undefined ? ["bentos", bento, listBento] : ["models", model, listModel];
  return {
    name: nameOf(shelf, tag),
    place: folderOf(home, shelf, tag),
    list: () => list(home, tag),
    advise: adviseFor(shelf === "bentos" ? "bento" : "model"),
  };
}

const nameOf = (shelf: Shelf, tag: string): string => `bento://${shelf === "models" ? "models/" : ""}${tag}`;

const exported = /^bento:\/\/(.+\.(?:bento|bentomodel))$/;
const stored = /^bento:\/\/(models\/)?([a-z0-9][a-z0-9._-]*)(?::([a-z0-9][a-z0-9._-]*))?$/;

/** `bento://fraud:latest` of the store, `bento://models/fraud:latest` of its models, `bento://models/fraud.bento` of a file. */
export const resolve: ResolveReference = async (reference, { env }) => {
  const [, archive] = exported.exec(reference) ?? [];
  if (archive !== undefined) return { kind: "bento", archive: archive.replace(/^(?:\.\/+)+/, ""), from: reference };
  const [, ofModels, name, version = "latest"] = stored.exec(reference) ?? [];
  if (name === undefined) {
    const allowed = "bento://<name>:<version>, bento://models/<name>:<version> or bento://<path>.bento";
    throw new SourceError({ seen: `"${reference}"`, allowed, cure: "Write one of them.", field: "from" });
  }
  const [shelf, field]: readonly [Shelf, string] = ofModels === undefined ? ["bentos", "bento"] : ["models", "model"];
  const asked = version === "latest" ? latestOf(storeOf(env), shelf, name) : Promise.resolve(version);
  const found = await explainedBy({ name: reference, advise: adviseFor(field) }, asked);
  return { kind: "bento", [field]: `${name}:${found}`, from: reference };
};

const adviseFor =
  (field: string) =>
  ({ code }: RemoteError): Advice => {
    const ofFile = field === "archive";
    const allowed = ofFile ? "a file that bentoml export wrote" : "what BentoML's store has";
    const byCode: Readonly<Record<string, Advice>> = {
      NotInStore: { allowed, cure: "Correct it, set BENTOML_HOME, or import it there: bentoml import <file>.", field },
      NotPacked: {
        allowed: "what BentoML packed, with the models that it needs",
        cure: "Keep its models in the store (bentoml.models.create), build it again, and export what that wrote.",
        field,
      },
      Unhashable: { allowed: "regular files", cure: "Remove what cannot be pinned, and build it again.", field },
      NoTar: { allowed, cure: "Install tar, and xz; or import the file, and name it in the store.", field },
      Broken: { allowed, cure: "Correct the path, or export it again: bentoml export <tag> <absolute path>.", field },
    };
    return byCode[code ?? ""] ?? { allowed, cure: "It was written to while it was read: run this again.", field };
  };

import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Manner, type Served, sendFile, serve } from "./http.ts";

/** A repository of the stand-in: its files by path. */
export interface Repository {
  readonly commits: Map<string, Map<string, Buffer>>;
  readonly revisions: Map<string, string>;
  /** Only who has this token, and was let in. */
  readonly gatedFor?: string;
}

/** A stand-in for the Hugging Face hub. */
export interface Hub {
  readonly hub: Served;
  /** Where files in LFS are. */
  readonly cdn: Served;
  readonly repositories: Map<string, Repository>;
  /** How the CDN hands bytes out next. */
  manner: Manner;
  /** What stands for the bytes of a file, whatever its hash says. */
  readonly tampered: Map<string, Buffer>;
}

const gitHash = (bytes: Buffer): string =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** What git keeps as a pointer. */
const isLfs = (path: string): boolean => /\.(?:safetensors|bin|onnx)$/.test(path);

/** So many entries a page: the real hub's are a thousand. */
const PAGE = 2;

/**
 * Starts a stand-in for the hub and its CDN: no hub is to be had here. Its answers are those that were recorded of the
 * requests of `huggingface_hub` 2.4.0, which accepts it (test/servers/hub.test.ts); it shows what our requests are and how
 * we take such answers, not that the real hub answers so.
 */
export async function startHub(): Promise<Hub> {
  const repositories = new Map<string, Repository>();
  const tampered = new Map<string, Buffer>();
  const cdn = await serve((request, response, url) => {
    const hash = url.pathname.split("/").at(-1) ?? "";
    const bytes = tampered.get(hash) ?? bytesOf(hash);
    if (bytes === undefined) response.writeHead(403).end();
    else sendFile(request, response, bytes, { tag: `"${hash.slice(0, 32)}"`, ...state.manner });
  });
  const hub = await serve((request, response, url) => answer(request, response, url));
  const state: Hub = { hub, cdn, repositories, manner: {}, tampered };
  return state;

  function bytesOf(hash: string): Buffer | undefined {
    const all = [...repositories.values()].flatMap(({ commits }) =>
      [...commits.values()].flatMap((files) => [...files.values()]),
    );
    return all.find((bytes) => sha256(bytes) === hash);
  }

  function answer(request: IncomingMessage, response: ServerResponse, url: URL) {
    const path = decodeURIComponent(url.pathname);
    const [, id, what, rest = ""] =
      /^\/(?:api\/models\/|api\/resolve-cache\/models\/)?([^/]+\/[^/]+)\/?(revision|tree|resolve|[0-9a-f]{40})?\/?(.*)$/.exec(
        path,
      ) ?? [];
    const token = request.headers.authorization?.replace(/^Bearer /, "");
    if (token === "hf_wrong") return refuse(response, 401, "", "Invalid credentials in Authorization header");
    const repository = repositories.get(id ?? "");
    if (repository === undefined) return refuse(response, 401, "RepoNotFound", "Repository not found");
    if (what === "revision") return revision(response, id ?? "", repository, rest);
    if (repository.gatedFor !== undefined && token !== repository.gatedFor) {
      const message = `Access to model ${id} is restricted.`;
      return refuse(response, token === undefined ? 401 : 403, "GatedRepo", message);
    }
    const [commit = "", ...below] = what === "tree" || what === "resolve" ? rest.split("/") : [what ?? "", rest];
    const files = repository.commits.get(repository.revisions.get(commit) ?? commit);
    if (files === undefined) return refuse(response, 404, "RevisionNotFound", `Invalid rev id: ${commit}`);
    if (what === "tree") return tree(response, url, files);
    const bytes = files.get(below.join("/"));
    if (bytes === undefined) return refuse(response, 404, "EntryNotFound", "Entry not found");
    response.setHeader("x-repo-commit", commit);
    if (what !== "resolve") return sendFile(request, response, bytes, { tag: `"${gitHash(bytes)}"` });
    resolve(response, id ?? "", commit, below.join("/"), bytes);
  }

  function revision(response: ServerResponse, id: string, { commits, revisions, gatedFor }: Repository, name: string) {
    const sha = revisions.get(name) ?? name;
    const files = commits.get(sha);
    if (files === undefined) return refuse(response, 404, "RevisionNotFound", `Invalid rev id: ${name}`);
    const siblings = [...files.keys()].map((rfilename) => ({ rfilename }));
    const gated = gatedFor === undefined ? false : "auto";
    json(response, { _id: "1", id, modelId: id, sha, private: false, gated, disabled: false, tags: [], siblings });
  }

  function tree(response: ServerResponse, url: URL, files: ReadonlyMap<string, Buffer>) {
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const entries = [...files].map(([path, bytes]) => ({
      type: "file",
      oid: gitHash(bytes),
      size: bytes.length,
      ...(isLfs(path) && { lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 131 } }),
      path,
    }));
    const next = new URL(url.pathname, hub.origin);
    next.search = new URLSearchParams({
      recursive: "True",
      cursor: String(from + PAGE),
      limit: String(PAGE),
    }).toString();
    const link = from + PAGE < entries.length ? { link: `<${next}>; rel="next"` } : {};
    json(response, entries.slice(from, from + PAGE), link);
  }

  function resolve(response: ServerResponse, id: string, commit: string, path: string, bytes: Buffer) {
    const hash = isLfs(path) ? sha256(bytes) : gitHash(bytes);
    const named = { "x-repo-commit": commit, "x-linked-size": String(bytes.length), "x-linked-etag": `"${hash}"` };
    const location = isLfs(path)
      ? `${cdn.origin}/repos/aa/bb/${hash}?Expires=1&Signature=x`
      : `/api/resolve-cache/models/${id}/${commit}/${encodeURI(path)}?etag=%22${hash}%22`;
    response.writeHead(isLfs(path) ? 302 : 307, { ...named, location }).end();
  }
}

function refuse(response: ServerResponse, status: number, code: string, message: string) {
  response.writeHead(status, {
    "x-error-code": code,
    "x-error-message": message,
    "content-type": "application/json; charset=utf-8",
  });
  response.end(JSON.stringify({ error: message }));
}

function json(response: ServerResponse, answer: unknown, headers: Readonly<Record<string, string>> = {}) {
  response
    .writeHead(200, { "content-type": "application/json; charset=utf-8", ...headers })
    .end(JSON.stringify(answer));
}

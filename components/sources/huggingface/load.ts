import { z } from "zod";
import { askJson } from "../fetched/ask.ts";
import { explainedBy, fetchedSource } from "../fetched/fetched-source.ts";
import { type Advice, encodePath, type Remote, RemoteError, type RemoteRequest } from "../fetched/remote.ts";
import { type LoadSource, type ResolveReference, SourceError } from "../source.ts";
import { HUB, type ResolvedHuggingfaceSource } from "./document.ts";

// What the hub answers: https://huggingface.co/docs/hub/api. A file in Git LFS has its hash in the list; of a small one
// the list knows git's own hash only.

const tree = z.array(
  z.object({
    type: z.string(),
    path: z.string(),
    size: z.int().min(0),
    oid: z.string(),
    lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().min(0) }).optional(),
  }),
);

/** What content comes from by `source: { kind: huggingface }`. A hub that wants a login gets `HF_TOKEN`. */
export const load: LoadSource<Omit<ResolvedHuggingfaceSource, "content">> = (part, context) =>
  fetchedSource(remoteOf(part), part, context);

type Part = Pick<ResolvedHuggingfaceSource, "repo" | "commit" | "endpoint" | "include">;

function remoteOf({ repo, commit, endpoint, include }: Part): Remote {
  const headers = loginFor(endpoint, process.env);
  const name = `hf://${repo}@${commit.slice(0, 12)}`;
  return {
    name,
    place: `${endpoint}/${repo}/tree/${commit}`,
    async list() {
      const entries = await listTree(
        `${endpoint}/api/models/${repo}/tree/${commit}?recursive=true&expand=false`,
        headers,
      );
      const files = entries.filter(({ type, path }) => type === "file" && isIncluded(path, include));
      if (files.length === 0) throw new RemoteError("no file matches", { code: "NoFile" });
      return files.map(({ path, size, oid, lfs }) => ({
        path,
        bytes: lfs?.size ?? size,
        mark: lfs?.oid ?? oid,
        ...(lfs !== undefined && { hash: lfs.oid }),
        request: () => ({
          url: `${endpoint}/${repo}/resolve/${commit}/${encodePath(path)}`,
          headers,
        }),
      }));
    },
    advise: adviseFor(endpoint),
  };
}

async function listTree(first: string, headers: RemoteRequest["headers"] = {}): Promise<z.output<typeof tree>> {
  const entries: z.output<typeof tree>[number][] = [];
  for (let url: string | undefined = first; url !== undefined; ) {
    const page: { readonly answer: z.output<typeof tree>; readonly response: Response } = await askJson(
      { url, headers },
      tree,
    );
    entries.push(...page.answer);
    const [, next] = /<([^>]+)>\s*;\s*rel="?next"?/.exec(page.response.headers.get("link") ?? "") ?? [];
    url = next === undefined ? undefined : new URL(next, url).href;
    if (url !== undefined && new URL(url).origin !== new URL(first).origin) {
      throw new RemoteError(`${new URL(first).origin} leads to ${new URL(url).origin} for the rest of its list`);
    }
  }
  return entries;
}

/** `hf://org/model@revision`; main without a revision. */
export const resolve: ResolveReference = async (reference, { env, endpoint: named }) => {
  const [, repo, revision = "main"] = /^hf:\/\/([^/@]+\/[^/@]+)(?:@(.+))?$/.exec(reference) ?? [];
  if (repo === undefined) {
    const [allowed, cure] = ["hf://org/model@revision", "Write organisation, name and revision."];
    throw new SourceError({ seen: `"${reference}"`, allowed, cure, field: "from" });
  }
  const endpoint = named ?? (env.HF_ENDPOINT?.replace(/\/+$/, "") || HUB);
  const url = `${endpoint}/api/models/${repo}/revision/${encodeURIComponent(revision)}`;
  const asked = askJson(
    { url, headers: loginFor(endpoint, env) },
    z.object({ sha: z.string().regex(/^[0-9a-f]{40}$/) }),
  );
  const { answer } = await explainedBy({ name: reference, advise: adviseFor(endpoint) }, asked);
  return { kind: "huggingface", repo, commit: answer.sha, ...(endpoint !== HUB && { endpoint }), from: reference };
};

/** The token is the word of the environment to one hub: no document can send it elsewhere. */
function loginFor(endpoint: string, { HF_TOKEN, HF_ENDPOINT }: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const isMeant = URL.canParse(HF_ENDPOINT || HUB) && new URL(HF_ENDPOINT || HUB).origin === new URL(endpoint).origin;
  return HF_TOKEN && isMeant ? { authorization: `Bearer ${HF_TOKEN}` } : {};
}

/** As the hub's own client has it: `*` crosses slashes, and a folder means what is in it. */
function isIncluded(path: string, patterns: readonly string[] = ["*"]): boolean {
  return patterns.some((pattern) => {
    const whole = pattern.endsWith("/") ? `${pattern}*` : pattern;
    const source = whole
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    return new RegExp(`^${source}$`, "s").test(path);
  });
}

const adviseFor =
  (endpoint: string) =>
  ({ status, code }: RemoteError): Advice => {
    const token = endpoint === HUB ? "HF_TOKEN" : `HF_ENDPOINT=${endpoint} and HF_TOKEN`;
    const byCode: Readonly<Record<string, Advice>> = {
      RepoNotFound: {
        allowed: "a repository that exists and may be read",
        cure: `Correct repo; where it is private, set ${token}.`,
        field: "repo",
      },
      GatedRepo: {
        allowed: "a repository that this account may read",
        cure: `Accept its terms at ${endpoint}, and set ${token}.`,
        field: "repo",
      },
      RevisionNotFound: {
        allowed: "a revision that the repository has",
        cure: "Its history was rewritten, or it never was there: look another one up with mlc add.",
        field: "commit",
      },
      EntryNotFound: { allowed: "files of the commit", cure: "Pin it again: mlc pin.", field: "commit" },
      NoFile: { allowed: "patterns that match files of the commit", cure: "Correct include.", field: "include" },
    };
    const known = byCode[code ?? ""];
    if (known !== undefined) return known;
    const [allowed, field] = ["files that the hub gives out", "repo"];
    if (status === 401 || status === 403) return { allowed, cure: `The hub refuses the login: set ${token}.`, field };
    return { allowed, cure: "Ask again when the hub answers.", field };
  };

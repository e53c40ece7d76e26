import { z } from "zod";
import { askJson } from "../fetched/ask.ts";
import { encodePath, RemoteError, type RemoteRequest } from "../fetched/remote.ts";

/** What is asked of a tracking server: https://mlflow.org/docs/latest/api_reference/rest-api.html. */
export interface TrackingServer {
  readonly server: string;
  /** @param path behind `/api/2.0/` */
  readonly request: (path: string) => RemoteRequest;
  readonly ask: <Schema extends z.ZodType>(path: string, schema: Schema) => Promise<z.output<Schema>>;
  /** Changes something. @throws RemoteError */
  readonly tell: (method: "POST" | "DELETE", path: string, body: object) => Promise<void>;
}

/** What artifacts are called that the server hands out itself. */
const SCHEME = "mlflow-artifacts:/";

/** The server at an address. @param token its login, where it is not the one that the environment has for it */
export function openTrackingServer(server: string, env: NodeJS.ProcessEnv, token?: string): TrackingServer {
  const headers = token === undefined ? loginFor(server, env) : { authorization: `Bearer ${token}` };
  const request = (path: string): RemoteRequest => ({ url: `${server}/api/2.0/${path}`, headers });
  return {
    server,
    request,
    ask: async (path, schema) => (await askJson(request(path), schema)).answer,
    async tell(method, path, body) {
      const { url } = request(path);
      const told = {
        url,
        method,
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(body),
      };
      await askJson(told, z.looseObject({}));
    },
  };
}

/** MLflow's own variables, sent to the server that they are for. */
function loginFor(server: string, env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const { MLFLOW_TRACKING_URI: uri = "", MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user } = env;
  if (!URL.canParse(uri) || new URL(uri).origin !== new URL(server).origin) return {};
  if (token) return { authorization: `Bearer ${token}` };
  if (!user) return {};
  const login = Buffer.from(`${user}:${env.MLFLOW_TRACKING_PASSWORD ?? ""}`).toString("base64");
  return { authorization: `Basic ${login}` };
}

const loggedModel = z.object({ model: z.object({ info: z.object({ artifact_uri: z.string() }) }) });

/** Where the files of a model are. @throws RemoteError */
export async function artifactsOf({ ask }: TrackingServer, modelId: string): Promise<string> {
  const { model } = await ask(`mlflow/logged-models/${modelId}`, loggedModel);
  return pathOf(model.info.artifact_uri);
}

/** The path below which the server hands out what this address names. @throws RemoteError where it does not */
export function pathOf(uri: string): string {
  const [, path] = /^mlflow-artifacts:\/(?:\/[^/]*\/)?([^/].*)$/.exec(uri) ?? [];
  if (path === undefined)
    throw new RemoteError(`its files are at ${withoutLogin(uri)}`, { code: "ElsewhereArtifacts" });
  return path.replace(/\/+$/, "");
}

/** How a document names it. */
export const artifactAddress = (path: string): string => `${SCHEME}${path}`;

const withoutLogin = (uri: string): string => uri.replace(/\/\/[^/@]*@/, "//").replace(/[?#].*$/, "");

const listing = z.object({
  // An unknown path is an empty answer, and a file without a size is empty.
  files: z
    .array(z.object({ path: z.string(), is_dir: z.boolean(), file_size: z.coerce.number().int().min(0).optional() }))
    .optional(),
});

/** A file below an artifact path. */
export interface Artifact {
  /** Relative to the path that was asked for. */
  readonly path: string;
  readonly bytes: number;
}

/** So deep no model is; who says so leads in a circle. */
const DEEPEST = 20;

/** Every file below. @throws RemoteError */
export async function listArtifacts(
  server: TrackingServer,
  root: string,
  prefix = "",
  depth = 0,
): Promise<readonly Artifact[]> {
  if (depth > DEEPEST) throw new RemoteError(`${prefix} is nested deeper than ${DEEPEST} folders`);
  const at = new URLSearchParams({ path: `${root}/${prefix}`.replace(/\/+$/, "") });
  const { files = [] } = await server.ask(`mlflow-artifacts/artifacts?${at}`, listing);
  const found: Artifact[] = [];
  for (const { path, is_dir, file_size = 0 } of files) {
    // A folder's name is checked with the names of its files; this one would be asked for as another folder.
    if (is_dir && /^\.{0,2}$/.test(path)) throw new RemoteError(`${JSON.stringify(path)} is listed as a folder`);
    if (is_dir) found.push(...(await listArtifacts(server, root, `${prefix}${path}/`, depth + 1)));
    else found.push({ path: `${prefix}${path}`, bytes: file_size });
  }
  return found;
}

/** The request for one of them. */
export const artifactRequest = (server: TrackingServer, root: string, path: string): RemoteRequest =>
  server.request(`mlflow-artifacts/artifacts/${encodePath(`${root}/${path}`)}`);

import { explainedBy, fetchedSource } from "../fetched/fetched-source.ts";
import { type Advice, type Remote, RemoteError } from "../fetched/remote.ts";
import { type LoadSource, type ResolveReference, SourceError } from "../source.ts";
import type { ResolvedMlflowSource } from "./document.ts";
import { lookUp } from "./references.ts";
import { artifactRequest, artifactsOf, listArtifacts, openTrackingServer, pathOf } from "./tracking-server.ts";

/**
 * What content comes from by `source: { kind: mlflow }`. A server that wants a login gets `MLFLOW_TRACKING_TOKEN`, or
 * `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`, when it is that of `MLFLOW_TRACKING_URI`.
 */
export const load: LoadSource<Omit<ResolvedMlflowSource, "content">> = (part, context) =>
  fetchedSource(remoteOf(part), part, context);

function remoteOf({ server: address, modelId, artifacts }: Omit<ResolvedMlflowSource, "content">): Remote {
  const server = openTrackingServer(address, process.env);
  return {
    name: modelId === undefined ? (artifacts ?? "") : `models:/${modelId}`,
    place: `${address}/#/${modelId ?? artifacts}`,
    async list() {
      const root = modelId === undefined ? pathOf(artifacts ?? "") : await artifactsOf(server, modelId);
      const files = await listArtifacts(server, root);
      if (files.length === 0) throw new RemoteError("there is no file", { code: "NoFile" });
      // No digest and no tag that stands for bytes: what was fetched is all that can be hashed.
      return files.map(({ path, bytes }) => ({ path, bytes, request: () => artifactRequest(server, root, path) }));
    },
    advise: adviseFor(address, modelId === undefined ? "artifacts" : "modelId"),
  };
}

/** `models:/name@alias` and its like; the server is what MLFLOW_TRACKING_URI names. */
export const resolve: ResolveReference = async (reference, { env, endpoint }) => {
  const address = (endpoint ?? env.MLFLOW_TRACKING_URI ?? "").replace(/\/+$/, "");
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) {
    throw new SourceError({
      seen: `"${reference}" without a tracking server`,
      allowed: "a tracking server that is reached over HTTP",
      cure: "Set MLFLOW_TRACKING_URI=https://…, or add --endpoint https://….",
      field: "server",
    });
  }
  const server = withoutLogin(address);
  const asked = lookUp(openTrackingServer(server, env), reference);
  const target = await explainedBy({ name: reference, advise: adviseFor(server, "from") }, asked);
  if (target !== undefined) return { kind: "mlflow", server, ...target, from: reference };
  throw new SourceError({
    seen: `"${reference}"`,
    allowed: "models:/<name>@<alias>, models:/<name>/<version>, models:/<model id> or runs:/<run>/<path>",
    cure: "Write one of them; give the version an alias in MLflow where you mean a stage, or the latest.",
    field: "from",
  });
};

function withoutLogin(address: string): string {
  const url = new URL(address);
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

const adviseFor =
  (server: string, field: string) =>
  ({ status, code }: RemoteError): Advice => {
    const allowed = "a model that the tracking server hands out";
    if (code === "ElsewhereArtifacts") {
      return {
        allowed,
        cure: "Take them from there: mlc add <version> --from s3://bucket/prefix, or a directory.",
        field,
      };
    }
    if (code === "NoFile") return { allowed, cure: "It was deleted, or never had files: add another version.", field };
    if (status === 401 || status === 403) {
      const login = "MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD";
      return { allowed, cure: `Log in: set MLFLOW_TRACKING_URI=${server}, and ${login}.`, field: "server" };
    }
    if (status === 503)
      return { allowed, cure: "Let the server hand files out: mlflow server --serve-artifacts.", field: "server" };
    // What is not there is called a wrong parameter where an alias is asked for.
    if (status === 404 || status === 400)
      return { allowed, cure: "Correct the reference, or the server's address.", field };
    return { allowed, cure: "Ask again when the server answers.", field: "server" };
  };

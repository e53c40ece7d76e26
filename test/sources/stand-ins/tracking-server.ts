import type { IncomingMessage, ServerResponse } from "node:http";
import { type Manner, type Served, sendFile, serve } from "./http.ts";
import {
  answerRegistry,
  json,
  type RegistryStandIn,
  refuse,
  registeredModel,
  searchVersions,
} from "./registry-answers.ts";

/** A stand-in for an MLflow tracking server. */
export interface TrackingStandIn extends RegistryStandIn {
  readonly server: Served;
  /** Artifacts by their path on the server. */
  readonly artifacts: Map<string, Buffer>;
  /** Artifact roots of logged models by id. */
  readonly models: Map<string, string>;
  /** Artifact roots of runs by id. */
  readonly runs: Map<string, string>;
  /** How it hands bytes out. */
  manner: Manner;
  /** Who may come in: an Authorization header. */
  login?: string;
  /** What it does not do, as `--no-serve-artifacts` says. */
  servesNothing?: boolean;
  /** So many requests are still answered; all later ones with 503. */
  answersLeft?: number;
}

/**
 * Starts a stand-in for the tracking server: the real one takes half a minute to start. Its answers are those that MLflow
 * 3.17.2 was recorded with; test/servers/mlflow.test.ts holds our requests to the real server.
 */
export async function startTrackingServer(): Promise<TrackingStandIn> {
  const server = await serve((request, response, url) => answer(request, response, url));
  const state: TrackingStandIn = {
    server,
    artifacts: new Map(),
    models: new Map(),
    runs: new Map(),
    versions: new Map(),
    aliases: new Map(),
    tags: new Map(),
    manner: {},
  };
  return state;

  function answer(request: IncomingMessage, response: ServerResponse, url: URL) {
    if (state.login !== undefined && request.headers.authorization !== state.login) return notLoggedIn(response);
    if (state.answersLeft !== undefined && state.answersLeft-- <= 0) {
      response.writeHead(503, { "content-type": "text/plain" }).end("no more for now");
      return;
    }
    const path = decodeURIComponent(url.pathname);
    const asked = (name: string) => url.searchParams.get(name) ?? "";
    const [, api = "", rest = ""] = /^\/api\/2\.0\/(mlflow-artifacts|mlflow)\/(.*)$/.exec(path) ?? [];
    if (api === "mlflow-artifacts") return artifacts(request, response, rest, asked("path"));
    if (request.method !== "GET") return void answerRegistry(state, request, response, `${request.method} ${rest}`);
    const name = asked("name");
    if (rest === "model-versions/search") return searchVersions(state, response, url);
    if (rest === "registered-models/get") return registeredModel(state, response, name);
    if (rest === "registered-models/alias") return alias(response, name, asked("alias"));
    if (rest === "model-versions/get") return version(response, name, asked("version"));
    if (rest === "model-versions/get-download-uri") return download(response, name, asked("version"));
    if (rest === "runs/get") return run(response, asked("run_id"));
    const [, model] = /^logged-models\/([^/]+)$/.exec(rest) ?? [];
    if (model !== undefined) return logged(response, model);
    response
      .writeHead(404, { "content-type": "text/html; charset=utf-8" })
      .end("<!doctype html>\n<title>404 Not Found</title>");
  }

  function artifacts(request: IncomingMessage, response: ServerResponse, rest: string, below: string) {
    if (state.servesNothing) {
      response.writeHead(503, { "content-type": "text/html" }).end("Endpoint disabled due to `--no-serve-artifacts`");
      return;
    }
    if (rest === "artifacts") return list(response, below);
    const bytes = state.artifacts.get(rest.replace(/^artifacts\//, ""));
    if (bytes === undefined) return refuse(response, 404, "RESOURCE_DOES_NOT_EXIST", `No such artifact: '${rest}'`);
    sendFile(request, response, bytes, state.manner);
  }

  /** Base names; an unknown path is `{}`, and an empty file has no size. */
  function list(response: ServerResponse, below: string) {
    const files = new Map<string, object>();
    for (const [path, bytes] of state.artifacts) {
      if (!path.startsWith(`${below}/`)) continue;
      const [name = "", ...deeper] = path.slice(below.length + 1).split("/");
      const isFolder = deeper.length > 0;
      const size = isFolder || bytes.length === 0 ? {} : { file_size: bytes.length };
      files.set(name, { path: name, is_dir: isFolder, ...size });
    }
    json(response, files.size === 0 ? {} : { files: [...files.values()] });
  }

  function alias(response: ServerResponse, name: string, wanted: string) {
    const found = state.aliases.get(`${name}@${wanted}`);
    if (found !== undefined) return version(response, name, found);
    refuse(response, 400, "INVALID_PARAMETER_VALUE", `Registered model alias ${wanted} not found.`);
  }

  function version(response: ServerResponse, name: string, number: string) {
    const found = state.versions.get(`${name}/${number}`);
    const message = `Model Version (name=${name}, version=${number}) not found`;
    if (found === undefined) return refuse(response, 404, "RESOURCE_DOES_NOT_EXIST", message);
    const { source } = found;
    json(response, {
      model_version: { name, version: number, current_stage: "None", source, run_id: "", status: "READY" },
    });
  }

  function download(response: ServerResponse, name: string, number: string) {
    const { source = "" } = state.versions.get(`${name}/${number}`) ?? {};
    json(response, { artifact_uri: state.models.get(source.replace("models:/", "")) ?? source });
  }

  function run(response: ServerResponse, id: string) {
    const root = state.runs.get(id);
    if (root === undefined) return refuse(response, 404, "RESOURCE_DOES_NOT_EXIST", `Run with id=${id} not found`);
    json(response, { run: { info: { run_id: id, artifact_uri: root } } });
  }

  function logged(response: ServerResponse, id: string) {
    const root = state.models.get(id);
    const message = `Logged model with ID '${id}' not found.`;
    if (root === undefined) return refuse(response, 404, "RESOURCE_DOES_NOT_EXIST", message);
    json(response, { model: { info: { model_id: id, artifact_uri: root, status: "LOGGED_MODEL_READY" }, data: {} } });
  }
}

function notLoggedIn(response: ServerResponse) {
  response.writeHead(401, { "www-authenticate": 'Basic realm="mlflow"', "content-type": "text/html; charset=utf-8" });
  response.end("You are not authenticated.");
}

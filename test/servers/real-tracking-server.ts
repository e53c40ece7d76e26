import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../components/host/free-port.ts";
import { pythonOf } from "../support/python.ts";

/** A real tracking server. */
export interface RealTrackingServer {
  readonly server: string;
  readonly stop: () => Promise<void>;
  /** Logs a model with files as the client does, and registers it. @param alias given to it */
  readonly register: (
    name: string,
    files: Readonly<Record<string, string>>,
    alias?: string,
  ) => Promise<RegisteredModel>;
  /** Puts an artifact. @param at its path on the server */
  readonly upload: (at: string, text: string) => Promise<unknown>;
  /** Asks or tells its REST interface something. @param api behind `/api/2.0/` */
  readonly send: (method: string, api: string, body?: unknown) => Promise<Readonly<Record<string, unknown>>>;
}

/** A model that was logged and registered. */
export interface RegisteredModel {
  readonly modelId: string;
  /** Where its artifacts are. */
  readonly root: string;
  /** Its version in the registry. */
  readonly number: string;
}

/** Starts one, with its registry in a database and its artifacts in a folder. */
export async function startRealTrackingServer(): Promise<RealTrackingServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "mlc-mlflow-"));
  const python = pythonOf(path.join(import.meta.dirname, "../sources/clients/mlflow.txt"));
  const port = String(await freePort());
  const place = ["--backend-store-uri", "sqlite:///mlflow.db", "--artifacts-destination", "./artifacts"];
  const child = spawn(
    python,
    ["-m", "mlflow", "server", ...place, "--host", "127.0.0.1", "--port", port, "--workers", "1"],
    {
      cwd: folder,
      stdio: "ignore",
      detached: true,
      env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" },
    },
  );
  const exited = once(child, "exit");
  const stop = async () => {
    // Its workers are processes of its group.
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const server = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${server}/health`).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`mlflow server ended with ${child.exitCode}`);
    await sleep(200);
  }
  const send = senderTo(server);
  const upload = (at: string, text: string) =>
    send("PUT", `mlflow-artifacts/artifacts/${at.split("/").map(encodeURIComponent).join("/")}`, Buffer.from(text));
  const register: RealTrackingServer["register"] = async (name, files, alias) => {
    const made = await send("POST", "mlflow/logged-models", { experiment_id: "0", name });
    const { info } = made.model as { readonly info: { readonly model_id: string; readonly artifact_uri: string } };
    const root = info.artifact_uri.replace("mlflow-artifacts:/", "");
    for (const [file, text] of Object.entries(files)) await upload(`${root}/${file}`, text);
    await send("PATCH", `mlflow/logged-models/${info.model_id}`, {
      model_id: info.model_id,
      status: "LOGGED_MODEL_READY",
    });
    await send("POST", "mlflow/registered-models/create", { name }).catch(() => undefined);
    const source = `models:/${info.model_id}`;
    const { model_version: created } = await send("POST", "mlflow/model-versions/create", {
      name,
      source,
      model_id: info.model_id,
    });
    const { version: number } = created as { readonly version: string };
    if (alias !== undefined) await send("POST", "mlflow/registered-models/alias", { name, alias, version: number });
    return { modelId: info.model_id, root, number };
  };
  return { server, stop, register, upload, send };
}

const senderTo =
  (server: string): RealTrackingServer["send"] =>
  async (method, api, body) => {
    const isFile = Buffer.isBuffer(body);
    const headers = { "content-type": isFile ? "application/octet-stream" : "application/json" };
    const sent = isFile ? new Uint8Array(body) : body === undefined ? null : JSON.stringify(body);
    const response = await fetch(`${server}/api/2.0/${api}`, { method, headers, body: sent });
    if (!response.ok) throw new Error(`${method} ${api}: ${response.status} ${await response.text()}`);
    const text = await response.text();
    return (text === "" ? {} : JSON.parse(text)) as Readonly<Record<string, unknown>>;
  };

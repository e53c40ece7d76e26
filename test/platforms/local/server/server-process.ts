import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Agent, fetch, type RequestInit, type Response } from "undici";

const main = fileURLToPath(new URL("../../../../dist/components/platforms/local/server/main.js", import.meta.url));

/** A folder as the platform's state folder is one: the servers' working directory. */
export interface StateFolder {
  readonly path: string;
  [Symbol.dispose](): void;
}

export function createStateFolder(): StateFolder {
  const path = mkdtempSync(join(tmpdir(), "mlc-server-"));
  mkdirSync(join(path, "servers"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `main.ts` with these arguments to its end. */
export async function runMain(cwd: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const output = collect(child);
  const [code] = await once(child, "close");
  return { code, stdout: output.stdout(), stderr: output.stderr() };
}

export interface RunningServer {
  readonly child: ChildProcess;
  /** Absolute path of the socket. */
  readonly socket: string;
  /** The first line that the server printed. */
  readonly ready: unknown;
  stdout(): string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body: unknown): Promise<Response>;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<Ended>;
}

export const identity = { model: "tiny", version: "v7", instance: "0f8b6c1e-5f0a-4a57-9d0b-1f1f5c1f3a11" } as const;

export function serverArgs(modelDir: string, name: string): readonly string[] {
  const { model, version, instance } = identity;
  const socket = `servers/${name}.sock`;
  return ["--socket", socket, "--model-dir", modelDir, "--model", model, "--version", version, "--instance", instance];
}

/** Starts a server in the state folder and waits until it says that it is ready. */
export async function startServer(
  state: string,
  modelDir: string,
  name = "tiny",
  env: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const child = spawn(process.execPath, [main, ...serverArgs(modelDir, name)], {
    cwd: state,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = collect(child);
  const ended = once(child, "close");
  const ready = await firstLine(child, output);
  const socket = join(state, "servers", `${name}.sock`);
  const dispatcher = new Agent({ connect: { socketPath: socket } });
  const request = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://server${path}`, { ...init, dispatcher });
  return {
    child,
    socket,
    ready: JSON.parse(ready),
    stdout: output.stdout,
    fetch: request,
    post: (path, body) =>
      request(path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) }),
    async stop() {
      child.kill("SIGTERM");
      const [code] = await ended;
      await dispatcher.destroy();
      return { code, stdout: output.stdout(), stderr: output.stderr() };
    },
  };
}

function collect(child: ChildProcess): { stdout(): string; stderr(): string } {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  return { stdout: () => stdout, stderr: () => stderr };
}

function firstLine(child: ChildProcess, output: { stdout(): string; stderr(): string }): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", () => {
      const [line = "", ...rest] = output.stdout().split("\n");
      if (rest.length > 0) resolve(line);
    });
    child.once("close", (code) => reject(new Error(`the server ended with ${code}: ${output.stderr()}`)));
  });
}

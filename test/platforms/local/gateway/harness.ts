import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nodeOptions } from "../../../../components/platforms/local/supervisor/launch.ts";
import type { TrafficPlan } from "../../../../components/traffic/plan.ts";
import type { TrafficStatus } from "../../../../components/traffic/status.ts";
import { type FakeServer, startFakeServer } from "./fake-server.ts";

const MAIN = resolve("dist/components/platforms/local/gateway/main.js");

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
}

export interface GatewayProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly output: () => string;
}

/** A state folder with model servers v1, v2, … and the gateway as a process of its own. */
export class Bench {
  readonly #main: string;
  readonly root: string = mkdtempSync(join(tmpdir(), "mlc-gw-"));
  readonly agent: Agent = new Agent({ keepAlive: true, maxSockets: 32 });
  readonly servers: Map<string, FakeServer> = new Map();
  readonly processes: GatewayProcess[] = [];
  port = 0;
  adminPort = 0;

  private constructor(main: string) {
    this.#main = main;
  }

  /** @param main the gateway's program: its source, unless told */
  static async start(versions: readonly string[] = ["v1", "v2"], main: string = MAIN): Promise<Bench> {
    const bench = new Bench(main);
    for (const version of versions) await bench.serve(version);
    bench.port = await freePort();
    bench.adminPort = await freePort();
    await bench.startGateway();
    return bench;
  }

  async serve(version: string): Promise<FakeServer> {
    const server = await startFakeServer(version, join(this.root, `${version}.sock`));
    this.servers.set(version, server);
    return server;
  }

  server(version: string): FakeServer {
    const server = this.servers.get(version);
    if (server === undefined) throw new Error(`no server ${version}`);
    return server;
  }

  /**
   * Starts a gateway process on the same folder and ports, and waits until it answers as itself.
   * @param openFiles how many files and sockets it may have open
   */
  async startGateway(env: Readonly<Record<string, string>> = {}, openFiles?: number): Promise<GatewayProcess> {
    const instance = `instance-${this.processes.length}`;
    const ports = ["--port", String(this.port), "--admin-port", String(this.adminPort)];
    const args = [
      ...nodeOptions,
      this.#main,
      "--dir",
      "gateways/e",
      "--endpoint",
      "e",
      ...ports,
      "--instance",
      instance,
    ];
    const limited = ["-c", 'ulimit -n "$1"; shift; exec "$@"', "sh", String(openFiles), process.execPath, ...args];
    const child = spawn(openFiles === undefined ? process.execPath : "sh", openFiles === undefined ? args : limited, {
      cwd: this.root,
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const exited = new Promise<number | null>((done) => child.on("exit", (code) => done(code)));
    const started = { child, exited, output: () => output };
    this.processes.push(started);
    let over = false;
    exited.then(() => (over = true));
    while (!over) {
      const answer = await send(this.adminPort, "/healthz").catch(() => undefined);
      if ((answer?.json as { instance?: string } | undefined)?.instance === instance) return started;
      await sleep(20);
    }
    return started;
  }

  get gateway(): GatewayProcess {
    const last = this.processes.at(-1);
    if (last === undefined) throw new Error("no gateway was started");
    return last;
  }

  get token(): string {
    return readFileSync(this.file("admin.token"), "utf8").trim();
  }

  /** Sends feedback as whoever may. */
  feedBack(body: string): Promise<Answer> {
    const token = readFileSync(this.file("feedback.token"), "utf8").trim();
    return this.data("/feedback", { method: "POST", body, headers: { authorization: `Bearer ${token}` } });
  }

  file(name: string): string {
    return join(this.root, "gateways/e", name);
  }

  data(path: string, sent: Sent = {}): Promise<Answer> {
    return send(this.port, path, { agent: this.agent, ...sent });
  }

  predict(sent: Sent = {}): Promise<Answer> {
    return this.data("/predict", { method: "POST", body: '{"text":"good"}', ...sent });
  }

  admin(path: string, sent: Sent = {}): Promise<Answer> {
    return send(this.adminPort, path, { headers: { authorization: `Bearer ${this.token}` }, ...sent });
  }

  async put(plan: TrafficPlan): Promise<Answer> {
    const servers = Object.fromEntries([...this.servers].map(([version]) => [version, `${version}.sock`]));
    return await this.admin("/admin/route", { method: "PUT", body: JSON.stringify({ plan, servers }) });
  }

  async accepted(plan: TrafficPlan): Promise<TrafficStatus> {
    const answer = await this.put(plan);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json as TrafficStatus;
  }

  async status(): Promise<TrafficStatus> {
    return (await this.admin("/admin/status")).json as TrafficStatus;
  }

  /** Polls until the status says so; the test's own timeout is the limit. */
  async until(holds: (status: TrafficStatus) => boolean): Promise<TrafficStatus> {
    for (;;) {
      const status = await this.status().catch(() => undefined);
      if (status !== undefined && holds(status)) return status;
      await sleep(50);
    }
  }

  /** Sends predictions from `lanes` clients, one after the other each, until `enough` says so. */
  async load(enough: (sent: number) => boolean, lanes = 16, sent: Sent = {}): Promise<Load> {
    const load: Load = { sent: 0, lost: 0, statuses: new Map(), versions: new Map() };
    const lane = async (): Promise<void> => {
      while (!enough(load.sent)) {
        load.sent++;
        const answer = await this.predict(sent).catch(() => undefined);
        if (answer === undefined) load.lost++;
        else {
          count(load.statuses, answer.status);
          count(load.versions, String(answer.headers["x-model-version"]));
        }
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return load;
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    for (const { child, exited } of this.processes) {
      child.kill("SIGKILL");
      await exited;
    }
    for (const server of this.servers.values()) await server.kill();
    rmSync(this.root, { recursive: true, force: true });
  }
}

export interface Load {
  sent: number;
  /** Connections that broke before an answer. */
  lost: number;
  readonly statuses: Map<number, number>;
  readonly versions: Map<string, number>;
}

const count = <Key>(map: Map<Key, number>, key: Key): void => {
  map.set(key, (map.get(key) ?? 0) + 1);
};

export function send(port: number, path: string, { method = "GET", headers, body, agent }: Sent = {}): Promise<Answer> {
  return new Promise((done, refuse) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const options = {
      host: "127.0.0.1",
      port,
      path,
      method,
      headers: { ...length, ...headers },
      agent: agent ?? false,
    };
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", refuse);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        done({ status: response.statusCode ?? 0, headers: response.headers, text, json: parse(text) });
      });
    });
    sent.on("error", refuse);
    sent.end(body);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Outside the range from which the system draws ports for outgoing connections. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const isFree = await new Promise<boolean>((done) => {
      const probe = createServer();
      probe.once("error", () => done(false));
      probe.listen({ host: "127.0.0.1", port, exclusive: true }, () => probe.close(() => done(true)));
    });
    if (isFree) return port;
  }
}

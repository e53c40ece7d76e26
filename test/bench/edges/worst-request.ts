import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as ask } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nodeOptions } from "../../../components/platforms/local/supervisor/launch.ts";
import { treesManifest, treesWeights, writeModel } from "../../models/models.ts";
import { trainInto } from "../../support/models.ts";
import { repository } from "../../support/project.ts";
import { type Figure, figure, told } from "../figure.ts";
import { HEAVY_REQUESTS, type HeavyRequest } from "./heavy-requests.ts";

const SERVER = join(repository, "dist/components/platforms/local/server/main.js");
const BARS = { mb: { atMost: 100 }, ms: { atMost: 1_000 } } as const;

interface Cost {
  readonly heavy: HeavyRequest;
  /** Undefined when the server ended. */
  readonly status: number | undefined;
  /** What the process took more than before, at its highest. */
  readonly mb: number;
  /** What the process computed for it. */
  readonly ms: number;
  /** The longest that a small request beside it waited. */
  readonly besideMs: number;
  readonly answerBytes: number;
}

/** The most memory and time that one allowed request can cost a model server, each in a process of its own. */
export async function benchWorstRequest(): Promise<readonly Figure[]> {
  if (process.platform !== "linux") {
    const detail = "not taken: needs Linux";
    return [
      figure("worst-request-mb", Number.NaN, "MB", BARS.mb, detail),
      figure("worst-request-ms", Number.NaN, "ms", BARS.ms, detail),
    ];
  }
  const root = mkdtempSync(join(tmpdir(), "mlc-worst-"));
  try {
    await trainInto(root);
    writeModel(join(root, "models", "trees"), treesManifest, treesWeights);
    const costs: Cost[] = [];
    for (const heavy of HEAVY_REQUESTS) costs.push(await costOf(root, heavy));
    const most = (of: (cost: Cost) => number): string =>
      costs
        .toSorted((a, b) => of(b) - of(a))
        .slice(0, 3)
        .map((cost) => `${nameOf(cost)} ${Math.round(of(cost))}`)
        .join("; ");
    const ended = costs.filter(({ status }) => status === undefined || status >= 500).map(nameOf);
    const detail = `of ${costs.length} requests of up to 4 MiB, each to a new process, time as computed by all its threads; ${ended.length === 0 ? "none failed" : `failed: ${ended.join(", ")}`}; most: `;
    const worst = (of: (cost: Cost) => number): number => (ended.length > 0 ? Infinity : Math.max(...costs.map(of)));
    return [
      figure(
        "worst-request-mb",
        worst(({ mb }) => mb),
        "MB",
        BARS.mb,
        detail + most(({ mb }) => mb),
      ),
      figure(
        "worst-request-ms",
        worst(({ ms }) => ms),
        "ms",
        BARS.ms,
        detail + most(({ ms }) => ms),
      ),
      told(
        "worst-request-beside-ms",
        Math.max(...costs.map(({ besideMs }) => besideMs)),
        "ms",
        `a small request that comes at the same time; most: ${most(({ besideMs }) => besideMs)}`,
      ),
      told(
        "worst-answer-mb",
        Math.max(...costs.map(({ answerBytes }) => answerBytes)) / 2 ** 20,
        "MB",
        `bytes: ${most(({ answerBytes }) => answerBytes)}`,
      ),
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const nameOf = ({ heavy: { name, model, path } }: Cost): string => `${name} (${model}, ${path})`;

async function costOf(root: string, heavy: HeavyRequest): Promise<Cost> {
  const socket = join(root, "server.sock");
  const args = ["--socket", "server.sock", "--model-dir", `models/${heavy.model === "linear" ? "v2" : "trees"}`];
  const child = spawn(
    process.execPath,
    [...nodeOptions, SERVER, ...args, "--model", "m", "--version", "v", "--instance", "i"],
    { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    await once(child.stdout, "data");
    const small = heavy.model === "linear" ? '{"text":"good"}' : '{"features":{"income":1,"late":1}}';
    for (let i = 0; i < 20; i++) await post(socket, "/predict", small);
    const body = heavy.body();
    const before = { mb: memoryOf(child, "VmRSS"), ms: processorMsOf(child) };
    let besideMs = 0;
    let over = false;
    const beside = (async () => {
      while (!over) {
        besideMs = Math.max(besideMs, (await post(socket, "/predict", small).catch(() => undefined))?.ms ?? 0);
        await sleep(5);
      }
    })();
    const path = heavy.path === "infer" ? "/v2/models/m/infer" : heavy.path;
    const answer = await post(socket, path, body).catch(() => undefined);
    over = true;
    await beside;
    if (answer === undefined) return { heavy, status: undefined, mb: 0, ms: 0, besideMs, answerBytes: 0 };
    const [mb, ms] = [memoryOf(child, "VmHWM") - before.mb, processorMsOf(child) - before.ms];
    return { heavy, status: answer.status, mb, ms, besideMs, answerBytes: answer.bytes };
  } finally {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    rmSync(socket, { force: true });
  }
}

/** A field of /proc/<pid>/status, in MB. */
const memoryOf = ({ pid }: ChildProcess, field: "VmRSS" | "VmHWM"): number =>
  Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

/** Time that all threads of a process have had, in ms; the kernel counts in hundredths of a second. */
function processorMsOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

function post(socketPath: string, path: string, body: string): Promise<{ status: number; ms: number; bytes: number }> {
  return new Promise((done, refuse) => {
    const from = performance.now();
    const headers = { "content-length": Buffer.byteLength(body) };
    const sent = ask({ socketPath, path, method: "POST", headers, agent: false }, (response) => {
      let bytes = 0;
      response.on("data", (part: Buffer) => (bytes += part.length));
      response.on("error", refuse);
      response.on("end", () => done({ status: response.statusCode ?? 0, ms: performance.now() - from, bytes }));
    });
    sent.on("error", refuse);
    sent.end(body);
  });
}

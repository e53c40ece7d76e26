import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { runtimeVariable } from "../../../components/platforms/local/state-folder/process-environment.ts";
import { type CommandRuntimeDocument, commandRuntime } from "../../../components/runtimes/command/document.ts";
import { Bench } from "../../platforms/local/gateway/harness.ts";
import { canaryPlan } from "../../support/plans.ts";
import { repository } from "../../support/project.ts";
import { type Figure, figure, median, percentile, told } from "../figure.ts";
import { TURNS, timeInTurns } from "../gateway/in-turns.ts";
import { gatewayMain } from "../gateway/index.ts";
import { EVERY_GUARD, REQUEST, route } from "../gateway/real-servers.ts";

const COMPANION = join(repository, "dist/components/platforms/local/companion/main.js");

/** A server of somebody else that costs nothing itself: what is added shows most. */
const PROGRAM = `import { createServer } from "node:http";
createServer((request, response) => {
  request.resume().on("end", () => response.end('{"label":"positive","score":0.9}'));
}).listen(Number(process.argv[2]), "127.0.0.1");
`;

/** What stands between a client and a `command` server on a port: straight to the port, through the companion before it, and through the gateway as well. */
export async function benchOverhead(): Promise<readonly Figure[]> {
  const bench = await Bench.start([], gatewayMain);
  const started: ChildProcess[] = [];
  try {
    const ports = await Promise.all(["v1", "v2"].map((version) => startCompanion(bench.root, version, started)));
    const servers = { v1: "v1.sock", v2: "v2.sock" };
    const stop = async () => {};
    await route({ bench, servers, stop }, canaryPlan({ weight: 0 }, { guards: EVERY_GUARD }));
    const ways = [
      { host: "127.0.0.1", port: ports[0] ?? 0 },
      { path: join(bench.root, "v1.sock") },
      { host: "127.0.0.1", port: bench.port },
    ];
    const [direct = [], companion = [], through = []] = await timeInTurns(ways, REQUEST);
    const [port, socket, all] = [direct, companion, through].map(median) as [number, number, number];
    const p99 = percentile(through, 0.99) - percentile(direct, 0.99);
    const detail = `${TURNS}; p50 ${port.toFixed(3)} ms at the program's port, ${socket.toFixed(3)} ms at the socket that the gateway asks, ${all.toFixed(3)} ms through the gateway`;
    return [
      figure(
        "overhead-p50-ms",
        all - port,
        "ms",
        { atMost: 0.3 },
        `gateway and companion before a \`command\` server: ${detail}`,
      ),
      told(
        "overhead-gateway-p50-ms",
        all - socket,
        "ms",
        `the gateway's part of it; at p99 both add ${p99.toFixed(2)} ms`,
      ),
    ];
  } finally {
    for (const child of started) child.kill("SIGTERM");
    await Promise.all(started.map((child) => child.exitCode ?? new Promise((resolve) => child.once("exit", resolve))));
    await bench.stop();
  }
}

/** @returns the port that its program listens on */
async function startCompanion(root: string, version: string, started: ChildProcess[]): Promise<number> {
  const content = join(root, "content");
  mkdirSync(content, { recursive: true });
  writeFileSync(join(content, "program.mjs"), PROGRAM);
  const serve: CommandRuntimeDocument = {
    kind: "command",
    command: [process.execPath, "program.mjs", "{port}"],
    labels: ["negative", "positive"],
    score: "/score",
  };
  const served = ["--model", "sentiment", "--version", version, "--instance", version];
  const args = [COMPANION, "--socket", `${version}.sock`, "--model-dir", content, ...served];
  const env = { ...process.env, [runtimeVariable]: JSON.stringify(commandRuntime.resolve(serve)) };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const [, port] = /"ready":true.*"at":"127\.0\.0\.1:(\d+)"/.exec(line) ?? [];
    if (port !== undefined) {
      child.stdout.resume();
      return Number(port);
    }
  }
  throw new Error(`the companion of ${version} ended`);
}

import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { linearManifest, linearWeights, writeModel } from "../../../models/models.ts";
import { createStateFolder, identity, runMain, type StateFolder, serverArgs, startServer } from "./server-process.ts";

function linearModel({ path }: StateFolder): string {
  writeModel(join(path, "model"), linearManifest, linearWeights);
  return "model";
}

async function openRequest(socketPath: string, length: number): Promise<Socket> {
  const socket = connect(socketPath);
  // The interim answer proves that the server has the request in hand.
  socket.write(`POST /predict HTTP/1.1\r\nhost: server\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n\r\n`);
  const [interim] = await once(socket, "data");
  expect(String(interim)).toMatch(/^HTTP\/1\.1 100 /);
  return socket;
}

describe("start", () => {
  test("one JSON line says that the server is ready, and SIGTERM ends it with 0 and no socket file", async () => {
    using state = createStateFolder();
    const server = await startServer(state.path, linearModel(state));
    expect(server.ready).toEqual({ ready: true, socket: "servers/tiny.sock", pid: server.child.pid, ...identity });
    const { code, stdout, stderr } = await server.stop();
    expect([code, stdout.split("\n").length, stderr]).toEqual([0, 2, ""]);
    expect(existsSync(server.socket)).toBe(false);
  });

  test("the socket of a killed server is replaced", async () => {
    using state = createStateFolder();
    const model = linearModel(state);
    const killed = await startServer(state.path, model);
    const gone = once(killed.child, "close");
    killed.child.kill("SIGKILL");
    await gone;
    expect(existsSync(killed.socket)).toBe(true);
    const server = await startServer(state.path, model);
    expect((await server.fetch("/v2/health/ready")).status).toBe(200);
    await server.stop();
  });

  test("the socket of a living server is not", async () => {
    using state = createStateFolder();
    const model = linearModel(state);
    const server = await startServer(state.path, model);
    expect(await runMain(state.path, serverArgs(model, "tiny"))).toEqual({
      code: 1,
      stdout: "",
      stderr: "model-server: another process serves on servers/tiny.sock\n",
    });
    expect((await server.fetch("/v2/health/ready")).status).toBe(200);
    await server.stop();
  });

  test("a successor takes the socket of a living server over, and keeps it when that one ends", async () => {
    using state = createStateFolder();
    const model = linearModel(state);
    const before = await startServer(state.path, model);
    const after = await startServer(state.path, model, "tiny", { MLC_TAKEOVER: "1" });
    expect((await before.stop()).code).toBe(0);
    expect((await after.fetch("/v2/health/ready")).status).toBe(200);
    await after.stop();
    expect(existsSync(after.socket)).toBe(false);
  });

  test("a file that is no socket is left alone", async () => {
    using state = createStateFolder();
    const model = linearModel(state);
    writeFileSync(join(state.path, "servers/tiny.sock"), "notes");
    expect(await runMain(state.path, serverArgs(model, "tiny"))).toEqual({
      code: 1,
      stdout: "",
      stderr: "model-server: servers/tiny.sock exists and is not a socket\n",
    });
  });

  test("a bad model ends it with 1 and one line", async () => {
    using state = createStateFolder();
    writeModel(join(state.path, "model"), { ...linearManifest, threshold: "0.5" }, linearWeights);
    expect(await runMain(state.path, serverArgs("model", "tiny"))).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "model-server: cannot load model model: model.json: threshold: Invalid input: expected number, received string\n",
    });
  });

  test.each([
    [["--socket", "a.sock"], "--model-dir is missing"],
    [["--port", "80", "--socket", "a.sock"], "--socket and --port: saw both; allowed is one of them"],
    [["--port", "http"], '--port: saw "http"; allowed is 0 to 65535'],
    [["--path", "80"], "Unknown option '--path'"],
  ])("the arguments %j end it with 2 and the usage", async (args, problem) => {
    using state = createStateFolder();
    const { code, stderr } = await runMain(state.path, args);
    expect(code).toBe(2);
    expect(stderr).toContain(`model-server: ${problem}`);
    expect(stderr).toContain("usage: main.js (--socket <path> | --port <port>) --model-dir <dir>");
  });
});

describe("stop", () => {
  test("a request under way is finished, its connection closed, and no new one accepted", async () => {
    using state = createStateFolder();
    const server = await startServer(state.path, linearModel(state));
    const body = '{"text":"good"}';
    const socket = await openRequest(server.socket, body.length);
    const ended = server.stop();
    await refused(server.socket);
    socket.write(body);
    let answer = "";
    for await (const chunk of socket) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\nConnection: close\r\n[\s\S]*"label":"positive"/);
    expect((await ended).code).toBe(0);
  });

  test("an idle connection does not hold it up", async () => {
    using state = createStateFolder();
    const server = await startServer(state.path, linearModel(state));
    await (await server.fetch("/v2/health/live")).text();
    expect((await server.stop()).code).toBe(0);
  });

  test("a request that never ends is cut, and the end is still orderly", async () => {
    using state = createStateFolder();
    const server = await startServer(state.path, linearModel(state));
    const socket = await openRequest(server.socket, 10);
    const cut = once(socket, "close");
    expect((await server.stop()).code).toBe(0);
    await cut;
  });

  /** Resolves once the server accepts no more connections. */
  async function refused(path: string): Promise<void> {
    while (true) {
      const socket = connect(path);
      try {
        await once(socket, "connect");
      } catch {
        return;
      } finally {
        socket.destroy();
      }
    }
  }
});

test("failures of the model are logged with their count", async () => {
  using state = createStateFolder();
  const featuriser = { ...linearManifest.featuriser, alphabet: "ascii" };
  writeModel(join(state.path, "model"), { ...linearManifest, featuriser }, linearWeights);
  const server = await startServer(state.path, "model");
  for (let sent = 0; sent < 3; sent += 1) await (await server.post("/predict", { text: "é" })).text();
  const [, first = ""] = (await server.stop()).stdout.split("\n");
  expect(JSON.parse(first)).toEqual({ error: "character U+00E9 at 0 is outside the tokenizer's table", count: 1 });
});

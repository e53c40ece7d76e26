import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../../components/host/free-port.ts";
import { readGoneProgram } from "../../../components/platforms/kubernetes/code-files.ts";

// The program as a pod runs it: its text from the ConfigMap in a folder of its own, with nothing of the library beside it.

let folder: string;
let url: string;
let responder: ChildProcess;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "mlc-gone-"));
  const { file, text } = readGoneProgram();
  const notices = { v1: { phase: "retired", sunset: "2025-01-01T00:00:00Z", successor: "v2" } };
  writeFileSync(path.join(folder, file), text);
  writeFileSync(path.join(folder, "notices.json"), JSON.stringify({ model: "sentiment", notices }));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  responder = spawn(process.execPath, [path.join(folder, file), path.join(folder, "notices.json"), String(port)], {
    stdio: "ignore",
  });
  while ((await fetch(`${url}/healthz`).catch(() => undefined)) === undefined) await sleep(20);
});
afterAll(async () => {
  if (responder.exitCode === null) responder.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

const ask = (version: string) =>
  fetch(`${url}/v2/models/sentiment/infer`, { method: "POST", headers: { "x-model-version": version }, body: "{}" });

test("a retired version is answered by 410, its end and its successor", async () => {
  const answer = await ask("v1");
  expect(answer.status).toBe(410);
  expect(answer.headers.get("sunset")).toBe("Wed, 01 Jan 2025 00:00:00 GMT");
  expect(answer.headers.get("link")).toBe('</v2/models/sentiment/versions/v2>; rel="successor-version"');
  expect(await answer.json()).toEqual({
    error: "version v1 of sentiment was retired; use v2",
    version: "v1",
    successor: "v2",
    sunset: "2025-01-01T00:00:00Z",
  });
});

test.each(["v9", "constructor"])("%s, which never was, is answered by 404", async (version) => {
  const answer = await ask(version);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({ error: `sentiment has no version ${version}` });
});

test("a connection that idles is left to the gateway, which has the next request on it", async () => {
  const connection = new Agent({ keepAlive: true, maxSockets: 1 });
  const askAgain = async (): Promise<boolean> => {
    const request = get(`${url}/healthz`, { agent: connection });
    const [response] = await once(request, "response");
    response.resume();
    await once(response, "end");
    return request.reusedSocket;
  };
  await askAgain();
  // Node closes one after five seconds of its own accord.
  await sleep(8_000);
  expect(await askAgain()).toBe(true);
  connection.destroy();
});

test("it ends when it is told to", async () => {
  responder.kill("SIGTERM");
  expect(await once(responder, "exit")).toEqual([0, null]);
});

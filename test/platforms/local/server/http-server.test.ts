import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { maxBodyBytes } from "../../../../components/platforms/local/server/http-server.ts";
import { linearManifest, linearWeights, writeModel } from "../../../models/models.ts";
import { createStateFolder, type RunningServer, startServer } from "./server-process.ts";

const state = createStateFolder();
let server: RunningServer;
beforeAll(async () => {
  const featuriser = { ...linearManifest.featuriser, alphabet: "ascii" };
  const model = writeModel(join(state.path, "model"), { ...linearManifest, featuriser }, linearWeights);
  server = await startServer(state.path, model);
});
afterAll(async () => {
  await server.stop();
  state[Symbol.dispose]();
});

function requestOf(body: string, length = body.length): string {
  return `POST /predict HTTP/1.1\r\nhost: server\r\ncontent-length: ${length}\r\n\r\n${body}`;
}

async function open(): Promise<Socket> {
  const socket = connect({ path: server.socket, allowHalfOpen: true });
  await once(socket, "connect");
  return socket;
}

async function readUntil(socket: Socket, end: string): Promise<string> {
  let received = "";
  for await (const chunk of socket) {
    received += chunk;
    if (received.endsWith(end)) break;
  }
  return received;
}

async function expectToServe(): Promise<void> {
  const statuses = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const response = await server.post("/predict", { text: "good" });
      await response.arrayBuffer();
      return response.status;
    }),
  );
  expect(new Set(statuses)).toEqual(new Set([200]));
}

describe("refusals", () => {
  test.each([
    ["GET", "/", 404, null, "no such path"],
    ["GET", "/v2/models/other", 404, null, "no such path"],
    ["GET", "/v2/models/tiny/versions/v8", 404, null, "no such path"],
    ["POST", "/v2/models/tiny/versions/v8/infer", 404, null, "no such path"],
    ["GET", "/predict", 405, "POST", "method not allowed; use POST"],
    ["PUT", "/predict", 405, "POST", "method not allowed; use POST"],
    ["POST", "/v2/health/ready", 405, "GET, HEAD", "method not allowed; use GET, HEAD"],
    ["DELETE", "/v2/models/tiny", 405, "GET, HEAD", "method not allowed; use GET, HEAD"],
  ])("%s %s is %i", async (method, path, status, allow, error) => {
    const response = await server.fetch(path, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get("allow")).toBe(allow);
    expect(response.headers.get("x-model-version")).toBe("v7");
    expect(await response.json()).toEqual({ error });
  });

  test.each([
    ["", "the body is not valid JSON"],
    ["{'text': 'good'}", "the body is not valid JSON"],
    ["null", "expected the body to be a JSON object"],
    ['["good"]', "expected the body to be a JSON object"],
    ['{"txt":"good"}', 'expected "text", a string'],
  ])("the body %j is 400", async (body, error) => {
    const response = await server.post("/predict", body);
    expect(response.headers.get("x-model-version")).toBe("v7");
    expect([response.status, await response.json()]).toEqual([400, { error }]);
  });

  test("an exception of the model is 500, and the next request is served", async () => {
    const response = await server.post("/predict", { text: "good 😀" });
    expect(response.headers.get("x-model-version")).toBe("v7");
    expect(response.headers.has("x-prediction-label")).toBe(false);
    expect([response.status, await response.json()]).toEqual([
      500,
      { error: "character U+1F600 at 5 is outside the tokenizer's table" },
    ]);
    await expectToServe();
  });

  test("bytes that are no HTTP are 400 and close that connection only", async () => {
    const socket = await open();
    socket.write("hello\r\n\r\n");
    expect(await readUntil(socket, "never")).toMatch(/^HTTP\/1\.1 400 /);
    await expectToServe();
  });
});

describe("body size", () => {
  const envelope = '{"text":""}'.length;

  test("4 MiB are accepted", async () => {
    const response = await server.post("/predict", { text: " ".repeat(maxBodyBytes - envelope) });
    expect(response.status).toBe(200);
  });

  test("one byte more is 413, and the same connection goes on", async () => {
    const socket = await open();
    const text = " ".repeat(maxBodyBytes - envelope + 1);
    socket.write(requestOf(JSON.stringify({ text })));
    expect(await readOne(socket)).toEqual([413, `{"error":"the body exceeds ${maxBodyBytes} bytes"}`]);
    socket.write(requestOf('{"text":"good"}'));
    const [status] = await readOne(socket);
    expect(status).toBe(200);
    socket.destroy();
  });

  test("a body without a length is bounded too", async () => {
    const socket = await open();
    socket.on("error", () => {});
    socket.write("POST /predict HTTP/1.1\r\nhost: server\r\ntransfer-encoding: chunked\r\n\r\n");
    const piece = " ".repeat(1024 * 1024);
    for (let sent = 0; sent <= maxBodyBytes; sent += piece.length) {
      socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
    }
    expect((await readOne(socket))[0]).toBe(413);
    socket.destroy();
  });

  /** Status and body of one response on a connection that stays open. */
  async function readOne(socket: Socket): Promise<readonly [number, string]> {
    let received = "";
    while (true) {
      const [head = "", body] = received.split("\r\n\r\n");
      const length = Number(/content-length: (\d+)/.exec(head)?.[1]);
      if (body?.length === length) return [Number(head.split(" ")[1]), body];
      const [chunk] = await once(socket, "data");
      received += chunk;
    }
  }
});

describe("difficult clients do not affect others", () => {
  test("a client that stops in the middle of the head, and one in the middle of the body", async () => {
    const [head, body] = await Promise.all([open(), open()]);
    head.write("POST /predict HTTP/1.1\r\nhos");
    body.write(requestOf('{"text":', 15));
    await expectToServe();
    body.write('"good"}');
    expect(await readUntil(body, "}")).toMatch(/^HTTP\/1\.1 200 /);
    head.destroy();
    body.destroy();
  });

  test("a client that closes its sending half still gets its answer", async () => {
    const socket = await open();
    socket.end(requestOf('{"text":"good"}'));
    expect(await readUntil(socket, "}")).toMatch(/^HTTP\/1\.1 200 [\s\S]*"label":"positive"/);
  });

  test("a client that goes away in the middle of the body", async () => {
    const socket = await open();
    socket.write(requestOf('{"text":', 15));
    socket.destroy();
    await expectToServe();
  });

  test("a client that goes away before its answer", async () => {
    const socket = await open();
    socket.write(requestOf('{"text":"good"}'));
    socket.destroy();
    await expectToServe();
  });
});

test("HEAD is answered like GET, without a body", async () => {
  const response = await server.fetch("/v2/health/live", { method: "HEAD" });
  expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([200, "13", ""]);
});

test("a query string does not change the path", async () => {
  expect((await server.fetch("/v2/health/live?probe=1")).status).toBe(200);
});

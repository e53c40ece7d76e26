import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { type Client, createClient } from "../../../../components/platforms/kubernetes/cluster/index.ts";

/** What came in at the server, and how it answers: a stand-in that knows HTTP alone. The real API server is asked in test/cluster. */
async function clientOf(
  answer: (request: IncomingMessage & { readonly body: string }, response: ServerResponse) => void,
  timeoutMs = 5_000,
): Promise<Client> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    answer(Object.assign(request, { body }), response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  let reads = 0;
  const access = { url: `http://127.0.0.1:${port}`, namespace: "default", token: () => `token-${++reads}` };
  const client = createClient({ access, fieldManager: "tester", timeoutMs });
  onTestFinished(async () => {
    client.close();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return client;
}

const says = (status: number, body: object, headers: Record<string, string> = {}) =>
  clientOf((_, response) => response.writeHead(status, headers).end(JSON.stringify(body)));

test("a merge patch names who writes, is strict, and carries the token as it is now", async () => {
  const seen: unknown[] = [];
  const client = await clientOf(({ method, url, headers, body }, response) => {
    seen.push([method, url, headers["content-type"], headers.authorization, body]);
    response.end('{"ok":true}');
  });
  await client.get("/api/v1/x");
  const answer = await client.merge("/api/v1/x", { a: 1 });
  expect(answer).toEqual({ kind: "ok", body: { ok: true } });
  expect(seen).toEqual([
    ["GET", "/api/v1/x", undefined, "Bearer token-1", ""],
    [
      "PATCH",
      "/api/v1/x?fieldManager=tester&fieldValidation=Strict",
      "application/merge-patch+json",
      "Bearer token-2",
      '{"a":1}',
    ],
  ]);
});

test.each([
  [401, "forbidden"],
  [403, "forbidden"],
  [404, "notFound"],
  [409, "conflict"],
  [422, "invalid"],
  [413, "invalid"],
  [429, "tooMany"],
  [500, "away"],
  [503, "away"],
])("status %i is %s, with the server's own reason", async (status, kind) => {
  const client = await says(status, { reason: "SomeReason", message: "no" });
  const answer = await client.get("/api");
  expect(answer).toEqual({
    kind,
    status,
    reason: "SomeReason",
    message: `GET ${client.url}/api: ${status} SomeReason no`,
  });
});

test("when the server names a time to come back, it is in the answer", async () => {
  const client = await says(429, { reason: "TooManyRequests" }, { "retry-after": "2" });
  expect(await client.get("/api")).toMatchObject({ kind: "tooMany", retryAfterMs: 2_000 });
});

test("a server that answers too late is away, and so is one that breaks off", async () => {
  const silent = await clientOf(() => {}, 50);
  expect(await silent.get("/api")).toEqual({
    kind: "away",
    status: 0,
    reason: "",
    message: `GET ${silent.url}/api: no answer within 0.05 s`,
  });
  const broken = await clientOf((_, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{");
    response.socket?.destroySoon();
  });
  expect(await broken.get("/api")).toMatchObject({ kind: "away", status: 0 });
});

test("what is no object is not taken for one", async () => {
  const client = await clientOf((_, response) => response.end("<html>"));
  expect(await client.get("/api")).toMatchObject({ kind: "away" });
});

test("nobody at the address is away", async () => {
  const access = { url: "http://127.0.0.1:1", namespace: "default" };
  const client = createClient({ access, fieldManager: "tester" });
  onTestFinished(client.close);
  const answer = await client.get("/api");
  expect(answer.kind === "away" && answer.message).toMatch(/^GET http:\/\/127\.0\.0\.1:1\/api: connect ECONNREFUSED/);
});

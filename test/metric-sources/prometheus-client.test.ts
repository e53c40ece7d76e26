import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import type { MetricSourceError } from "../../components/metric-sources/index.ts";
import { ask, type Server } from "../../components/metric-sources/prometheus/client.ts";

/** What comes of asking a server that answers so: the data, or what was seen and what to do. */
async function asking(answer: RequestListener, settings: Partial<Server> = {}): Promise<unknown> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await ask({ url, ...settings }, "query", { query: "time()" });
  } catch (error) {
    const { kind, problems } = error as MetricSourceError;
    return [kind, ...problems.map(({ seen, cure }) => `${seen} → ${cure}`)];
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const json =
  (body: unknown, status = 200): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

test("the data of an answer is what comes back", async () => {
  expect(await asking(json({ status: "success", data: [1] }))).toEqual([1]);
});

test("the credentials are sent as a bearer token, or as a name and its password", async () => {
  const echo: RequestListener = (request, response) =>
    json({ status: "success", data: request.headers.authorization })(request, response);
  expect(await asking(echo, { credentials: { token: "t" } })).toBe("Bearer t");
  expect(await asking(echo, { credentials: { user: "u", password: "p" } })).toBe("Basic dTpw");
});

test("who may not read is told how to say who asks, and never with the secret", async () => {
  const cure = "Set MLC_PROMETHEUS_TOKEN, or MLC_PROMETHEUS_USER and MLC_PROMETHEUS_PASSWORD, to who may read";
  expect(await asking(json({}, 401))).toEqual(["unreachable", `status 401 for nobody → ${cure}`]);
  const secret = { credentials: { token: "s3cret" } };
  expect(await asking(json({}, 403), secret)).toEqual(["unreachable", `status 403 for a bearer token → ${cure}`]);
});

test("an error of the server comes in its own words", async () => {
  const answer = { status: "error", errorType: "execution", error: "query processing would load too many samples" };
  expect(await asking(json(answer, 422))).toEqual([
    "unreachable",
    "execution: query processing would load too many samples → Look at the query, or at the server's limits",
  ]);
});

test("an answer with parts missing is none", async () => {
  const partial = { status: "success", data: [], warnings: ["store 3 does not answer"] };
  expect(await asking(json(partial))).toEqual([
    "unreachable",
    "a part of an answer: store 3 does not answer → Mend what does not answer behind it, and ask again",
  ]);
});

test("what is no Prometheus is said by what it answers", async () => {
  const page: RequestListener = (_, response) =>
    void response.writeHead(200, { "content-type": "text/html" }).end("<p>");
  expect(await asking(page)).toEqual([
    "unreachable",
    "status 200 with text/html → Give the address in front of /api/v1, with its path if it has one",
  ]);
  const moved: RequestListener = (_, response) => void response.writeHead(302, { location: "https://login" }).end();
  expect(await asking(moved)).toEqual([
    "unreachable",
    "a redirect to https://login → Give the address that it leads to",
  ]);
});

test("a server that never answers is left, and one that is not there named by the system's code", async () => {
  expect(await asking(() => {}, { timeoutMs: 50 })).toEqual([
    "unreachable",
    "no answer within 0.05 s → Look whether the server runs and the address is right",
  ]);
  expect(await asking((request) => request.socket.destroy())).toEqual([
    "unreachable",
    "no answer (UND_ERR_SOCKET) → Look whether the server runs and the address is right",
  ]);
});

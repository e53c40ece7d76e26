import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { canaryPlan, errorGuard, stablePlan } from "../../../support/plans.ts";
import { Bench } from "./harness.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
  await bench.accepted(stablePlan());
});
afterAll(() => bench.stop());

const auth = (): Readonly<Record<string, string>> => ({ authorization: `Bearer ${bench.token}` });

/** Writes bytes on a connection of its own and returns what comes back until it is closed, or until `enough`. */
function raw(text: string, options: { halfClose?: boolean; enough?: RegExp } = {}): Promise<string> {
  return new Promise((done, refuse) => {
    const socket = connect(bench.port, "127.0.0.1");
    let answer = "";
    socket.on("data", (data) => {
      answer += data.toString();
      if (options.enough?.test(answer) === true) socket.destroy();
    });
    socket.on("error", refuse);
    socket.on("close", () => done(answer));
    socket.write(text);
    if (options.halfClose === true) socket.end();
  });
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

const HEAD = "POST /predict HTTP/1.1\r\nhost: x\r\n";
const MORE_THAN_ALLOWED = 4 * 1024 * 1024 + 1;

test.each<[string, string, string, number]>([
  ["no such path", "GET", "/nowhere", 404],
  ["another model", "POST", "/v2/models/other/infer", 404],
  ["a path that climbs", "POST", "/v2/models/../infer", 404],
  ["GET on a prediction", "GET", "/predict", 405],
  ["POST on a description", "POST", "/v2/models/sentiment", 405],
  ["GET on feedback", "GET", "/feedback", 405],
  ["POST on health", "POST", "/v2/health/ready", 405],
])("%s: %s %s is %i", async (_what, method, path, status) => {
  const answer = await bench.data(path, { method });
  expect(answer.status).toBe(status);
  expect(answer.json).toHaveProperty("error");
  if (status === 405) expect(answer.headers.allow).toMatch(/^(GET, HEAD|POST)$/);
});

test.each<[string, string, number]>([
  ["no HTTP at all", "hello\r\n\r\n", 400],
  ["a header without a name", `${HEAD}: x\r\n\r\n`, 400],
  ["a length that is no number", `${HEAD}content-length: many\r\n\r\n`, 400],
  ["a length and chunks", `${HEAD}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n`, 400],
  ["a bad chunk", `${HEAD}transfer-encoding: chunked\r\n\r\nxyz\r\n`, 400],
  ["headers without end", `${HEAD}x: ${"x".repeat(20_000)}\r\n\r\n`, 431],
  ["no host", "POST /predict HTTP/1.1\r\n\r\n", 400],
])("malformed: %s is %i", async (_what, text, status) => {
  expect(statusOf(await raw(text, { enough: /\r\n\r\n/ }))).toBe(status);
});

test("a body that says it is too large is refused before it is sent", async () => {
  const answer = await raw(`${HEAD}content-length: ${MORE_THAN_ALLOWED}\r\n\r\n`, { enough: /\}/ });
  expect(statusOf(answer)).toBe(413);
});

test("a body that turns out too large is refused, with or without a length", async () => {
  const body = Buffer.alloc(MORE_THAN_ALLOWED, "x");
  expect((await bench.predict({ body })).status).toBe(413);
  const chunked = { "transfer-encoding": "chunked" };
  expect(
    (await bench.predict({ body, headers: { ...chunked, "content-length": "" } }).catch(() => ({ status: 400 })))
      .status,
  ).toBe(400);
  const chunk = `${body.length.toString(16)}\r\n${body.toString()}\r\n0\r\n\r\n`;
  expect(statusOf(await raw(`${HEAD}transfer-encoding: chunked\r\n\r\n${chunk}`, { enough: /\}/ }))).toBe(413);
});

test("the largest allowed body passes", async () => {
  expect((await bench.predict({ body: Buffer.alloc(4 * 1024 * 1024, "x") })).status).toBe(200);
});

test("a client that has said everything and closes its half gets its answer", async () => {
  const answer = await raw(`${HEAD}content-length: 2\r\nconnection: close\r\n\r\n{}`, { halfClose: true });
  expect(statusOf(answer)).toBe(200);
});

test("a client that closes in the middle of its body harms nobody", async () => {
  await raw(`${HEAD}content-length: 100\r\n\r\n{`, { halfClose: true });
  expect((await bench.predict()).status).toBe(200);
});

test("requests on one connection are answered in order", async () => {
  const one = (body: string): string => `${HEAD}content-length: ${body.length}\r\n\r\n${body}`;
  const answer = await raw(one("{}") + one("{}") + one("{}").replace("host", "connection: close\r\nhost"));
  expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
});

test("descriptions and health", async () => {
  expect(await bench.data("/v2/health/ready")).toMatchObject({
    status: 200,
    json: { ready: true, instance: "instance-0" },
  });
  expect(await bench.data("/v2/health/live")).toMatchObject({ status: 200, json: { live: true } });
  expect((await bench.data("/v2/models/sentiment")).headers).toMatchObject({ "x-model-version": "v1" });
  expect((await bench.data("/v2/models/sentiment/versions/v2/ready")).headers).toMatchObject({
    "x-model-version": "v2",
  });
});

test("a prediction carries its version and an id, and feedback about it is joined", async () => {
  const { headers } = await bench.predict();
  expect(headers).toMatchObject({ "x-model-version": "v1" });
  const body = JSON.stringify([{ predictionId: headers["x-prediction-id"], label: "positive" }, { predictionId: "x" }]);
  expect(await bench.feedBack(body)).toMatchObject({
    status: 202,
    json: { accepted: 1, rejected: [{ index: 1, reason: "not a prediction id" }] },
  });
  expect((await bench.feedBack("{")).status).toBe(400);
});

test.each<[string, string, string]>([
  ["GET", "/admin/status", ""],
  ["PUT", "/admin/route", "{}"],
  ["DELETE", "/admin/route", ""],
  ["POST", "/admin/abort", "{}"],
  ["POST", "/admin/rollback", "{}"],
  ["GET", "/admin/evidence", ""],
  ["GET", "/metrics", ""],
])("%s %s needs the token", async (method, path, body) => {
  for (const headers of [{}, { authorization: "Bearer wrong" }, { authorization: bench.token }]) {
    expect((await bench.admin(path, { method, body, headers })).status).toBe(401);
  }
});

test("a page of another site, and a name that is not loopback, are refused even with the token", async () => {
  const refused: readonly [Readonly<Record<string, string>>, number][] = [
    [{ origin: "http://evil.example" }, 403],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ host: "evil.example" }, 421],
    [{ host: `rebind.example:${bench.adminPort}` }, 421],
  ];
  for (const [headers, status] of refused) {
    expect((await bench.admin("/admin/status", { headers: { ...auth(), ...headers } })).status).toBe(status);
  }
  const origin = `http://127.0.0.1:${bench.adminPort}`;
  expect((await bench.admin("/admin/status", { headers: { ...auth(), origin } })).status).toBe(200);
});

test("the admin port is on loopback alone, and is not the data port", async () => {
  expect((await bench.data("/admin/status", { headers: auth() })).status).toBe(404);
});

test("page and status hold no secret", async () => {
  const page = await bench.admin("/", { headers: {} });
  expect(page).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
  for (const path of ["/", "/admin/status", "/admin/evidence", "/metrics"]) {
    expect((await bench.admin(path, { headers: auth() })).text).not.toContain(bench.token);
  }
  expect(bench.gateway.output()).not.toContain(bench.token);
});

const broken = (changes: object): unknown => ({ plan: { ...stablePlan(), ...changes }, servers: { v1: "v1.sock" } });

test.each<[string, unknown]>([
  ["body", []],
  ["plan", { servers: {} }],
  ["plan.stable", broken({ stable: "v9" })],
  ["plan.candidate", broken({ candidate: "v9" })],
  ["plan.weight", broken({ weight: 10_001 })],
  ["plan.weight", broken({ weight: 0.5 })],
  ["plan.shadow", broken({ shadow: "yes" })],
  ["plan.versions", broken({ versions: null })],
  ["plan.rollout", broken({ rollout: undefined })],
  ["plan.rollout.guards", broken({ rollout: { ...stablePlan().rollout, guards: {} } })],
  ["plan.rollout.guards\\[0\\]", broken({ rollout: { ...stablePlan().rollout, guards: [null] } })],
  [
    "plan.rollout.guards\\[0\\].margin",
    broken({ rollout: { ...stablePlan().rollout, guards: [{ ...errorGuard, margin: 1 }] } }),
  ],
  ["plan.rollout.steps\\[0\\].kind", broken({ rollout: { ...stablePlan().rollout, steps: [{}] } })],
  ["plan.rollout.alpha", broken({ rollout: { ...stablePlan().rollout, alpha: 0 } })],
  ["plan.rollout.advance", broken({ rollout: { ...stablePlan().rollout, advance: "up" } })],
  ["plan.versions.v1.content", broken({ versions: { v1: { content: "x" } } })],
  ["plan.notices.v1.phase", broken({ notices: { v1: {} } })],
  ["plan.stickyHeader", broken({ stickyHeader: 3 })],
  ["plan.noticeMs", broken({ noticeMs: "1 day" })],
  ["servers", { plan: stablePlan(), servers: {} }],
  ["servers.v1", { plan: stablePlan(), servers: { v1: 1 } }],
])("a route with a wrong %s is refused by name and changes nothing", async (path, document) => {
  const before = await bench.status();
  const answer = await bench.admin("/admin/route", { method: "PUT", body: JSON.stringify(document), headers: auth() });
  expect(answer.status).toBe(400);
  expect((answer.json as { error: string }).error).toMatch(new RegExp(`^${path}: saw `));
  expect((await bench.status()).generation).toBe(before.generation);
});

test("what is not JSON, or not offered, is refused", async () => {
  expect((await bench.admin("/admin/route", { method: "PUT", body: "{", headers: auth() })).status).toBe(400);
  expect((await bench.admin("/admin/nothing", { headers: auth() })).status).toBe(404);
  expect(await bench.admin("/admin/route", { headers: auth() })).toMatchObject({
    status: 405,
    headers: { allow: "PUT, DELETE" },
  });
});

test("a plan that begins a rollout shows its ladder and what it waits for", async () => {
  const { rollout } = await bench.accepted(canaryPlan({ weight: 10_000 }, { advance: "automatic" }));
  expect(rollout).toMatchObject({ ladder: [500, 2_500, 5_000, 10_000], step: 0 });
  expect(rollout.next?.what).toContain("go to 25 % after: bake 5 %");
});

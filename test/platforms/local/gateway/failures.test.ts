import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent } from "node:http";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import type { RolloutEvidence } from "../../../../components/rollout/index.ts";
import { canaryPlan, errorGuard, stablePlan } from "../../../support/plans.ts";
import { fail, succeed } from "./fake-server.ts";
import { Bench, send } from "./harness.ts";

let bench: Bench;
const children: ChildProcess[] = [];
const closers: (() => void)[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const close of closers.splice(0)) close();
  await bench.stop();
});

/** A model server of its own process, started again by nobody. A text with "end" in it ends the process. */
async function serveMortal(version: string): Promise<{ readonly lives: () => number }> {
  const socket = join(bench.root, `${version}.sock`);
  let started = 0;
  const start = async (): Promise<void> => {
    started++;
    const child = spawn(process.execPath, [join(import.meta.dirname, "mortal-server.ts"), socket, version], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    await once(child.stdout, "data");
    child.once("exit", () => {
      if (children.includes(child)) void start();
    });
  };
  await bench.server(version).kill();
  await start();
  return { lives: () => started };
}

describe("an attempt has an end", () => {
  test("a request under way at a promotion, whose version then fails, is answered once", async () => {
    bench = await Bench.start();
    await bench.accepted(canaryPlan({ weight: 10_000 }));
    let answerLate: () => void = () => {};
    bench.server("v2").answer = (_seen, response) => {
      answerLate = () => fail(response, 500);
    };
    const answered = bench.predict();
    while (bench.server("v2").received === 0) await sleep(5);
    await bench.accepted(stablePlan({ stable: "v2", previous: "v1", override: "this test" }));
    bench.server("v2").answer = (_seen, response) => fail(response, 500);
    answerLate();
    expect((await answered).status).toBe(500);
    expect(bench.server("v2").received).toBe(1);
    expect(bench.server("v1").received).toBe(0);
  });

  test("what a removed candidate has not answered is asked of stable at once", async () => {
    bench = await Bench.start();
    bench.server("v2").answer = () => {};
    await bench.accepted(canaryPlan({ weight: 10_000 }));
    const answers = Array.from({ length: 100 }, () => bench.predict({ agent: bench.agent }));
    while (bench.server("v2").received < 16) await sleep(5);
    await bench.admin("/admin/abort", { method: "POST", body: '{"reason":"hangs"}' });
    const statuses = (await Promise.all(answers)).map(({ status, headers }) => [status, headers["x-model-version"]]);
    expect(new Set(statuses.map(String))).toEqual(new Set(["200,v1"]));
  });

  test("what a version that was rolled back has not answered is asked of the one before, and what it got later is said", async () => {
    bench = await Bench.start();
    await bench.accepted(stablePlan({ stable: "v2", previous: "v1", override: "this test" }));
    expect((await bench.predict()).headers["x-model-version"]).toBe("v2");
    bench.server("v2").answer = () => {};
    const answers = Array.from({ length: 100 }, () => bench.predict());
    while (bench.server("v2").received < 17) await sleep(5);
    const back = await bench.admin("/admin/rollback", { method: "POST", body: '{"reason":"hangs"}' });
    expect(back.status).toBe(200);
    const statuses = (await Promise.all(answers)).map(({ status, headers }) => [status, headers["x-model-version"]]);
    expect(new Set(statuses.map(String))).toEqual(new Set(["200,v1"]));
    const seen = bench.server("v2").received;
    await sleep(1_500);
    expect(bench.server("v2").received).toBe(seen);
    expect((await bench.status()).rollout).toMatchObject({ phase: "rolledBack", ended: { lastBadMs: 0 } });
  });

  test("a version that is late is not waited for: stable answers, and the lateness is the candidate's", async () => {
    bench = await Bench.start();
    bench.server("v2").answer = () => {};
    await bench.accepted(canaryPlan({ weight: 10_000, deadlineMs: 200 }));
    const answer = await bench.predict();
    expect([answer.status, answer.headers["x-model-version"]]).toEqual([200, "v1"]);
    expect((await bench.status()).requests.v2).toMatchObject({ requests: 1, errors: 1, failedOver: 1 });
  });

  test("a late stable version is 504", async () => {
    bench = await Bench.start();
    bench.server("v1").answer = () => {};
    await bench.accepted(stablePlan({ deadlineMs: 200 }));
    const answer = await bench.predict();
    expect(answer.status).toBe(504);
    expect(answer.json).toMatchObject({ hint: expect.stringContaining("platform.deadline") });
  });

  test("clients that do not read their answers keep nobody waiting, and are no harm of the version", async () => {
    bench = await Bench.start();
    const large = Buffer.alloc(24 * 1024 * 1024, " ");
    bench.server("v1").answer = ({ body }, response) => {
      if (body === "large") response.end(large);
      else succeed(response, "v1");
    };
    await bench.accepted(stablePlan());
    const clients = Array.from({ length: 72 }, () => connect(bench.port, "127.0.0.1").on("error", () => {}));
    closers.push(() => {
      for (const client of clients) client.destroy();
    });
    for (const client of clients) {
      client.pause();
      client.write("POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nlarge");
    }
    while (bench.server("v1").received < 64) await sleep(20);
    const answers = await Promise.all(Array.from({ length: 20 }, () => bench.predict()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await bench.status()).requests.v1).toMatchObject({ errors: 0 });
  });

  test("a client that leaves is forgotten and counted nowhere", async () => {
    bench = await Bench.start();
    bench.server("v1").answer = () => {};
    await bench.accepted(stablePlan());
    const leaving = new AbortController();
    const { signal } = leaving;
    const request = fetch(`http://127.0.0.1:${bench.port}/predict`, { method: "POST", body: "{}", signal });
    const left = expect(request).rejects.toThrow();
    while (bench.server("v1").received < 1) await sleep(5);
    leaving.abort();
    await left;
    bench.server("v1").answer = (_seen, response) => succeed(response, "v1");
    expect((await bench.predict()).status).toBe(200);
    expect((await bench.status()).requests.v1).toMatchObject({ requests: 1, errors: 0 });
  });
});

describe("a request on which a process ends", () => {
  test("ends the candidate's processes alone, and is refused from then on", async () => {
    bench = await Bench.start();
    const candidate = await serveMortal("v2");
    const stable = await serveMortal("v1");
    await bench.accepted(canaryPlan({ weight: 10_000 }));
    for (let i = 0; i < 10; i++) expect((await bench.predict()).status).toBe(200);
    expect((await bench.predict({ body: '{"text":"end"}' })).status).toBe(502);
    expect(stable.lives()).toBe(1);
    expect(candidate.lives()).toBeLessThanOrEqual(3);
    const before = candidate.lives();
    for (let i = 0; i < 5; i++) expect((await bench.predict({ body: '{"text":"end"}' })).status).toBe(502);
    expect([candidate.lives(), stable.lives()]).toEqual([before, 1]);
  });

  test("names the candidate, again and again with another text: others miss its process, and that is no harm of it", async () => {
    bench = await Bench.start();
    await serveMortal("v2");
    await bench.accepted(canaryPlan({ weight: 10_000 }, { guards: [errorGuard] }));
    let done = false;
    const load = bench.load(() => done, 8);
    await sleep(500);
    for (let ends = 0; ends < 6; ) {
      const headers = { "x-model-version": "v2" };
      const { status } = await bench.predict({ body: `{"text":"end","at":${ends}}`, headers });
      // 503: on a busy machine its server is not back in time; it is asked again.
      expect([502, 503]).toContain(status);
      if (status === 502) ends++;
    }
    done = true;
    const { sent, statuses } = await load;
    expect(statuses).toEqual(new Map([[200, sent]]));
    const { rollout, requests } = await bench.status();
    expect(rollout.phase).toBe("progressing");
    // The six themselves, asked once more each, and a few that were there at two ends in a row.
    expect(requests.v2?.errors).toBeLessThanOrEqual(24);
  });

  test("names no version, again and again with another text: it is one failure of who had it, and others count nothing", async () => {
    bench = await Bench.start();
    await serveMortal("v1");
    await serveMortal("v2");
    await bench.accepted(canaryPlan({ weight: 5_000 }, { guards: [errorGuard] }));
    let done = false;
    const load = bench.load(() => done, 8);
    await sleep(500);
    const enders = Array.from({ length: 3 }, async (_, lane) => {
      for (let i = 0; i < 4; i++) {
        // 503: on a busy machine its server is not back in time.
        const { status } = await bench.predict({ body: `{"text":"end","at":"${lane} ${i}"}` });
        expect([502, 503]).toContain(status);
      }
    });
    await Promise.all(enders);
    done = true;
    const { sent, statuses } = await load;
    // Whoever is under way at two ends in a row is taken for their cause; on a busy machine few others are sent meanwhile.
    expect(sent - (statuses.get(200) ?? 0)).toBeLessThan(Math.max(40, sent * 0.2));
    expect((await bench.status()).rollout.phase).toBe("progressing");
    await sleep(1_100);
    const { intervals } = (await bench.admin("/admin/evidence")).json as RolloutEvidence;
    const failed = intervals.reduce(
      (sum, { counts }) => sum + Number(counts.errorRate?.x0) + Number(counts.errorRate?.x1),
      0,
    );
    expect(failed).toBeGreaterThan(0);
    expect(failed).toBeLessThanOrEqual(40);
  });

  test("that stable answers is harm of a candidate, though its others fail over and count nothing", async () => {
    bench = await Bench.start();
    await serveMortal("v2");
    await bench.accepted(canaryPlan({ weight: 5_000 }, { guards: [errorGuard] }));
    let over = false;
    let number = 0;
    const lanes = Array.from({ length: 8 }, async () => {
      while (!over) await bench.predict({ body: `{"text":"${number++ % 20 === 0 ? "end" : "good"}","at":${number}}` });
    });
    const { rollout } = await bench.until((status) => status.rollout.ended !== undefined);
    over = true;
    await Promise.all(lanes);
    expect(rollout.ended?.cause).toBe("guard:errorRate");
  });

  test("costs no bystander its answer", async () => {
    bench = await Bench.start();
    const stable = await serveMortal("v1");
    await bench.accepted(stablePlan());
    let done = false;
    const load = bench.load(() => done, 16);
    await sleep(200);
    expect((await bench.predict({ body: '{"text":"end"}' })).status).toBe(502);
    await sleep(200);
    done = true;
    const { sent, statuses } = await load;
    expect(statuses).toEqual(new Map([[200, sent]]));
    expect(stable.lives()).toBeLessThanOrEqual(3);
  });
});

/** What a hostile or broken model server may put on the wire instead of an answer. */
const BAD_ANSWERS: readonly (readonly [string, string])[] = [
  ["a control character in a header", "HTTP/1.1 200 OK\r\nx-a: b\x01c\r\ncontent-length: 2\r\n\r\n{}"],
  ["a NUL in a header", "HTTP/1.1 200 OK\r\nx-a: b\x00c\r\ncontent-length: 2\r\n\r\n{}"],
  ["a space in a header's name", "HTTP/1.1 200 OK\r\nx a: b\r\ncontent-length: 2\r\n\r\n{}"],
  ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 5\r\n\r\n{}"],
  ["no HTTP", "hello\r\n\r\n"],
  ["a huge head", `HTTP/1.1 200 OK\r\nx-a: ${"a".repeat(70_000)}\r\ncontent-length: 2\r\n\r\n{}`],
  ["a bad chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
  ["an upgrade nobody asked for", "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"],
];

describe("what is no answer", () => {
  test.each(BAD_ANSWERS)("%s from the candidate is its error, and stable answers", async (_what, bytes) => {
    bench = await Bench.start();
    await bench.server("v2").kill();
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", () => socket.write(bytes, "latin1"));
    });
    await new Promise<void>((listening) => server.listen(join(bench.root, "v2.sock"), listening));
    const sockets = new Set<{ destroy: () => void }>();
    server.on("connection", (socket) => sockets.add(socket));
    closers.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    await bench.accepted(canaryPlan({ weight: 10_000, deadlineMs: 2_000 }));
    const answer = await bench.predict();
    expect([answer.status, answer.headers["x-model-version"]]).toEqual([200, "v1"]);
    expect((await bench.status()).requests.v2).toMatchObject({ requests: 1, errors: 1, failedOver: 1 });
    expect((await send(bench.adminPort, "/healthz")).status).toBe(200);
  });

  test.each([
    ["empty", ""],
    ["no JSON", "<html>"],
    ["without what every answer had", '{"version":"v2"}'],
    ["with another kind of value", '{"version":"v2","label":1}'],
  ])("a candidate's answer that is %s is its error, and stable answers", async (_what, body) => {
    bench = await Bench.start();
    await bench.accepted(canaryPlan({ weight: 5_000 }));
    bench.server("v2").answer = (_seen, response) => response.end(body);
    const load = await bench.load((sent) => sent >= 200, 4);
    expect(load.statuses).toEqual(new Map([[200, load.sent]]));
    const last = await bench.load((sent) => sent >= 20, 4);
    expect(last.versions.get("v2") ?? 0).toBe(0);
    expect((await bench.status()).requests.v2?.errors).toBeGreaterThan(0);
  });

  test("a candidate that sends clients elsewhere has failed them", async () => {
    bench = await Bench.start();
    await bench.accepted(canaryPlan({ weight: 10_000 }));
    bench.server("v2").answer = (_seen, response) => response.writeHead(302, { location: "/" }).end();
    const answer = await bench.predict();
    expect([answer.status, answer.headers["x-model-version"]]).toEqual([200, "v1"]);
    expect((await bench.status()).requests.v2).toMatchObject({ requests: 1, failedOver: 1 });
  });

  test("what stable's answers look like is known before a candidate comes", async () => {
    bench = await Bench.start();
    await bench.accepted(stablePlan());
    await bench.load((sent) => sent >= 40, 4);
    bench.server("v2").answer = (_seen, response) => response.end("");
    await bench.accepted(canaryPlan({ weight: 10_000 }));
    const load = await bench.load((sent) => sent >= 40, 4);
    expect(load.versions).toEqual(new Map([["v1", load.sent]]));
  });

  test("what the candidate refuses and stable accepts is answered by stable", async () => {
    bench = await Bench.start();
    await bench.accepted(canaryPlan({ weight: 10_000 }));
    bench.server("v2").answer = (_seen, response) => fail(response, 400);
    const answer = await bench.predict();
    expect([answer.status, answer.headers["x-model-version"]]).toEqual([200, "v1"]);
    expect((await bench.status()).requests.v2).toMatchObject({ requests: 1, failedOver: 1 });
  });
});

describe("forms of HTTP", () => {
  test.each([
    ["an absolute target", "POST http://example.com/predict HTTP/1.1", 200],
    ["an encoded model name", "POST /v2/models/sent%69ment/infer HTTP/1.1", 200],
    ["broken encoding", "POST /v2/models/sent%zzment/infer HTTP/1.1", 404],
  ])("%s", async (_what, line, status) => {
    bench = await Bench.start();
    await bench.accepted(stablePlan());
    const answer = await raw(`${line}\r\nhost: x\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    if (status === 200) expect(bench.server("v1").seen[0]?.path).not.toContain("%");
  });

  test("HEAD is answered like GET, without the body", async () => {
    bench = await Bench.start();
    await bench.accepted(stablePlan());
    for (const path of ["/v2", "/v2/health/live", "/v2/health/ready", "/v2/models/sentiment"]) {
      const answer = await bench.data(path, { method: "HEAD" });
      expect([path, answer.status, answer.text]).toEqual([path, 200, ""]);
    }
  });

  test.each([
    ["a body in gzip", { "content-encoding": "gzip" }, "x", 415],
    ["Latin-1 by its header", { "content-type": "application/json; charset=iso-8859-1" }, "{}", 415],
    ["Latin-1 by its bytes", {}, Buffer.from('{"text":"caf\xe9"}', "latin1"), 400],
    ["another site's page", { origin: "http://evil.example" }, "{}", 403],
  ] as const)("%s is refused before any version sees it", async (_what, headers, body, status) => {
    bench = await Bench.start();
    await bench.accepted(stablePlan());
    expect((await bench.predict({ headers, body })).status).toBe(status);
    expect(bench.server("v1").received).toBe(0);
  });

  test.each([
    ["in one piece", [24_000]],
    ["in two", [12_000, 12_000]],
  ])("a head that is too large is 431 however it comes: %s", async (_how, sizes) => {
    bench = await Bench.start();
    await bench.accepted(stablePlan());
    const parts = sizes.map((size, i) => `x-${i}: ${"a".repeat(size)}\r\n`);
    expect(await raw("POST /predict HTTP/1.1\r\nhost: x\r\n", ...parts, "content-length: 2\r\n\r\n{}")).toMatch(
      /^HTTP\/1.1 431 /,
    );
  });
});

test("ready means that stable answers", async () => {
  bench = await Bench.start();
  await bench.accepted(stablePlan());
  expect((await bench.data("/v2/health/ready")).status).toBe(200);
  bench.server("v1").answer = () => {};
  let ready = await bench.data("/v2/health/ready");
  while (ready.status === 200) ready = await bench.data("/v2/health/ready");
  expect(ready.json).toMatchObject({ ready: false, reason: "stable version v1 does not answer" });
});

test("probes and what is read about the model are no requests of a version", async () => {
  bench = await Bench.start();
  await bench.accepted(stablePlan());
  for (let i = 0; i < 3; i++) await bench.predict();
  for (let i = 0; i < 5; i++) await bench.data("/v2/health/ready");
  for (let i = 0; i < 4; i++) await bench.data("/v2/models/sentiment");
  expect((await bench.status()).requests.v1?.requests).toBe(3);
  const metrics = (await bench.admin("/metrics")).text;
  expect(metrics).toContain('model_metadata_requests_total{model="sentiment"} 4');
  expect(metrics).toContain('model_requests_total{model="sentiment",version="v1",code="500"} 0');
});

test("who names the version on trial gets few answers from it", async () => {
  bench = await Bench.start();
  await bench.accepted(canaryPlan({ weight: 500 }));
  const statuses: number[] = [];
  for (let i = 0; i < 60; i++) statuses.push((await bench.predict({ headers: { "x-model-version": "v2" } })).status);
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  expect(statuses.filter((status) => status === 200).length).toBeLessThan(50);
});

test("who names the version on trial is answered one at a time, and nothing large", async () => {
  bench = await Bench.start();
  bench.server("v2").answer = (_seen, response) => void sleep(200).then(() => succeed(response, "v2"));
  await bench.accepted(canaryPlan({ weight: 500 }));
  const headers = { "x-model-version": "v2" };
  const statusesOf = async (...bodies: readonly string[]) =>
    (await Promise.all(bodies.map((body) => bench.predict({ headers, body })))).map(({ status }) => status).toSorted();
  expect(await statusesOf("{}", "{}", "{}")).toEqual([200, 429, 429]);
  expect(await statusesOf("{}")).toEqual([200]);
  expect(await statusesOf(" ".repeat(64 * 1024 + 1))).toEqual([413]);
  expect(await statusesOf(" ".repeat(64 * 1024))).toEqual([200]);
});

async function raw(...parts: readonly string[]): Promise<string> {
  const { connect } = await import("node:net");
  return await new Promise((done, refuse) => {
    const socket = connect(bench.port, "127.0.0.1");
    let answer = "";
    socket.on("data", (data) => {
      answer += data.toString();
    });
    socket.on("error", refuse);
    socket.on("close", () => done(answer));
    void (async () => {
      for (const part of parts) {
        socket.write(part);
        await sleep(20);
      }
    })();
  });
}

const refusalGuard = { ...errorGuard, metric: "refusalRate", margin: { kind: "absolute", value: 0.005 } } as const;
const guards = [errorGuard, refusalGuard];
let inputs = 0;
const next = (): string => `{"text":"input ${inputs++}"}`;

/** Honest clients, each with an input of its own, while something else goes on. */
async function honestly<T>(work: () => Promise<T>): Promise<T> {
  let done = false;
  const lane = async (): Promise<void> => {
    while (!done) {
      await bench.predict({ body: next() });
      await sleep(5);
    }
  };
  const lanes = Promise.all(Array.from({ length: 4 }, lane));
  try {
    return await work();
  } finally {
    done = true;
    await lanes;
  }
}

describe("harm is what a client of stable would not have met", () => {
  test("a candidate that refuses what stable accepts is ended by refusalRate, though one client asks one thing", async () => {
    bench = await Bench.start();
    bench.server("v2").answer = (_seen, response) => fail(response, 400);
    await bench.accepted(canaryPlan({ weight: 5_000 }, { guards }));
    let done = false;
    const load = bench.load(() => done, 8);
    const { rollout } = await bench.until((status) => status.rollout.phase === "aborted");
    done = true;
    expect(rollout.ended?.cause).toBe("guard:refusalRate");
    const { sent, statuses } = await load;
    expect(statuses).toEqual(new Map([[200, sent]]));
  });

  test("so is one that refuses copies", async () => {
    bench = await Bench.start();
    bench.server("v2").answer = (_seen, response) => fail(response, 422);
    await bench.accepted(canaryPlan({ weight: 0, shadow: true }, { guards }));
    const { rollout } = await honestly(() => bench.until((status) => status.rollout.phase === "aborted"));
    expect(rollout.ended?.cause).toBe("guard:refusalRate");
  });

  test("clients' own mistakes meet both versions and end nothing", async () => {
    bench = await Bench.start();
    for (const server of bench.servers.values()) server.answer = (_seen, response) => fail(response, 400);
    await bench.accepted(canaryPlan({ weight: 5_000 }, { guards }));
    await honestly(() => bench.until(({ requests }) => (requests.v2?.requests ?? 0) > 300));
    expect((await bench.status()).rollout.phase).toBe("progressing");
  });

  test("a candidate that fails sessions only after a while is ended", async () => {
    bench = await Bench.start();
    await bench.accepted(canaryPlan({ weight: 2_500, stickyHeader: "x-session-id" }, { guards }));
    let done = false;
    const lane = async (first: number): Promise<void> => {
      for (let i = first; !done; i += 4) {
        await bench.predict({ body: next(), headers: { "x-session-id": `returning ${i % 300}` } });
      }
    };
    const lanes = Promise.all([0, 1, 2, 3].map(lane));
    await bench.until(({ requests }) => (requests.v1?.requests ?? 0) > 2_000);
    bench.server("v2").answer = (_seen, response) => fail(response, 500);
    const { rollout } = await bench.until((status) => status.rollout.phase === "aborted");
    done = true;
    await lanes;
    expect(rollout.ended?.cause).toBe("guard:errorRate");
  });

  test("one input that only the candidate fails, sent again and again, ends nothing and is not forgotten", async () => {
    bench = await Bench.start();
    bench.server("v2").answer = (seen, response) => {
      if (seen.body.includes("poison")) fail(response, 500);
      else succeed(response, "v2");
    };
    const plan = canaryPlan({ weight: 10_000 }, { guards, advance: "automatic", bakeMs: 1_000 });
    await bench.accepted(plan);
    const status = await honestly(async () => {
      await bench.until(({ requests }) => (requests.v1?.requests ?? 0) > 300);
      for (let i = 0; i < 2_000; i++) await bench.predict({ body: '{"text":"poison"}' });
      return await bench.until(
        ({ rollout }) => rollout.phase !== "progressing" || rollout.next?.what.includes("few inputs") === true,
      );
    });
    expect(status.rollout.phase).toBe("progressing");
  });

  test("feedback without the credential is refused, and changes nothing", async () => {
    bench = await Bench.start();
    await bench.accepted(canaryPlan());
    const { headers } = await bench.predict();
    const body = JSON.stringify({ predictionId: headers["x-prediction-id"], metric: "accuracy", label: "positive" });
    const refused = await bench.data("/feedback", { method: "POST", body });
    expect([refused.status, refused.json]).toMatchObject([401, { error: expect.stringContaining("feedback.token") }]);
    expect(await bench.feedBack(body)).toMatchObject({ status: 202, json: { accepted: 1 } });
    expect((await bench.feedBack(`[${"1".repeat(300_000)}]`)).status).toBe(413);
  });
});

describe("a gateway with few files", () => {
  const startWith = async (openFiles: number): Promise<void> => {
    bench = await Bench.start();
    bench.gateway.child.kill("SIGKILL");
    await bench.gateway.exited;
    await bench.startGateway({}, openFiles);
  };

  test("has one left for the brake, however many clients there are", async () => {
    await startWith(400);
    await bench.accepted(canaryPlan({ weight: 5_000 }));
    const clients = Array.from({ length: 500 }, () => connect(bench.port, "127.0.0.1").on("error", () => {}));
    closers.push(() => {
      for (const client of clients) client.destroy();
    });
    await Promise.all(clients.map((client) => Promise.race([once(client, "connect"), once(client, "close")])));
    const back = await bench.admin("/admin/rollback", { method: "POST", body: '{"reason":"this test"}' });
    expect([back.status, (await bench.status()).weights]).toEqual([200, { v1: 10_000, v2: 0 }]);
  });

  test("charges nothing to a candidate that it has no file left to ask, and stable answers", async () => {
    await startWith(66);
    // Stable's connections are there before.
    await bench.accepted(stablePlan());
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    closers.push(() => agent.destroy());
    // Answered once all are there, each has a connection of its own.
    const first = bench.server("v1").received;
    bench.server("v1").answer = async (_seen, response) => {
      while (bench.server("v1").received - first < 16) await sleep(5);
      succeed(response, "v1");
    };
    await Promise.all(Array.from({ length: 16 }, () => bench.predict({ agent })));
    await bench.accepted(canaryPlan({ weight: 10_000 }));
    // The candidate keeps its connections until each request has found a server.
    const before = bench.server("v1").received;
    const found = (): number => bench.server("v1").received - before + bench.server("v2").received;
    bench.server("v2").answer = async (_seen, response) => {
      while (found() < 16) await sleep(5);
      succeed(response, "v2");
    };
    const answers = await Promise.all(Array.from({ length: 16 }, () => bench.predict({ agent })));
    const by = answers.map(({ status, headers }) => `${status} ${headers["x-model-version"]}`);
    expect(new Set(by)).toEqual(new Set(["200 v1", "200 v2"]));
    agent.destroy();
    const { requests } = await bench.until(() => true);
    expect(requests.v2).toMatchObject({ errors: 0 });
    expect(requests.v2?.failedOver).toBeGreaterThan(0);
  });
});

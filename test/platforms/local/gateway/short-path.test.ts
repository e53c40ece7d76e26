import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readShortRequest } from "../../../../components/platforms/local/gateway/short-path.ts";
import { Bench } from "./harness.ts";
import { stablePlan } from "./plans.ts";

const PLAIN = "POST /predict HTTP/1.1\r\nHost: x\r\nX-Model-Version:v2 \r\nContent-Length: 2\r\n\r\n{}";

test("a plain request is read, and what follows it is left", () => {
  expect(readShortRequest(Buffer.from(`${PLAIN}POST /`))).toEqual({
    method: "POST",
    path: "/predict",
    headers: ["Host", "x", "X-Model-Version", "v2", "Content-Length", "2"],
    body: Buffer.from("{}"),
    rest: Buffer.from("POST /"),
  });
});

const withHeader = (line: string): string => PLAIN.replace("Host: x\r\n", `Host: x\r\n${line}\r\n`);

test.each([
  ["an incomplete head", PLAIN.slice(0, 30)],
  ["an incomplete body", PLAIN.slice(0, -1)],
  ["another method", PLAIN.replace("POST", "GET")],
  ["HTTP/1.0", PLAIN.replace("1.1", "1.0")],
  ["an absolute URL", PLAIN.replace("/predict", "http://x/predict")],
  ["a space in the path", PLAIN.replace("/predict", "/pre dict")],
  ["no host", PLAIN.replace("Host: x\r\n", "")],
  ["two hosts", withHeader("host: y")],
  ["no length", PLAIN.replace("Content-Length: 2\r\n", "")],
  ["two lengths", withHeader("content-length: 2")],
  ["a signed length", PLAIN.replace("Length: 2", "Length: +2")],
  ["a length that is a list", PLAIN.replace("Length: 2", "Length: 2, 2")],
  ["chunks", withHeader("transfer-encoding: chunked")],
  ["chunks in disguise", withHeader("Transfer-Encoding : chunked")],
  ["an expectation", withHeader("expect: 100-continue")],
  ["a connection option", withHeader("connection: close")],
  ["an upgrade", withHeader("upgrade: websocket")],
  ["a folded header", withHeader("x: a\r\n b")],
  ["a bare line feed", withHeader("x: a\nb: c")],
  ["a bare carriage return", withHeader("x: a\rb")],
  ["a control character", withHeader("x: a\0b")],
  ["a header without a name", withHeader(": a")],
  ["a header without a colon", withHeader("abc")],
])("%s is left to Node's parser", (_what, text) => {
  expect(readShortRequest(Buffer.from(text, "latin1"))).toBeUndefined();
});

test("whatever is read from random bytes is written back as the same bytes", () => {
  const piece = fc.constantFrom(
    "POST /a",
    " ",
    "HTTP/1.1",
    "\r\n",
    "host",
    ":",
    "x",
    "content-length",
    "0",
    "1",
    "\n",
    "\t",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
      const text = pieces.join("");
      const request = readShortRequest(Buffer.from(text));
      if (request === undefined) return;
      const names = request.headers.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
      expect(names.filter((name) => name === "host")).toHaveLength(1);
      expect(names.filter((name) => name === "content-length")).toHaveLength(1);
      expect(text.endsWith(request.body.toString() + request.rest.toString())).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("a connection that asks to be kept is plain", () => {
  expect(readShortRequest(Buffer.from(withHeader("Connection: Keep-Alive")))).toMatchObject({ path: "/predict" });
});

describe("through a gateway", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.start();
    await bench.accepted(stablePlan());
  });
  afterEach(() => bench.stop());

  const LARGE = "0123456789".repeat(100_000);

  test.each([
    ["with a length", true],
    ["in chunks", false],
  ])("a large answer %s is passed on whole, on a connection that goes on", async (_what, hasLength) => {
    bench.server("v1").answer = (_seen, response) => {
      if (hasLength) response.setHeader("content-length", LARGE.length);
      response.write(LARGE.slice(0, 1_000));
      response.end(LARGE.slice(1_000));
    };
    for (let i = 0; i < 3; i++) expect((await bench.predict()).text).toBe(LARGE);
  });

  test("an answer that breaks off breaks the client's connection, and only that", async () => {
    bench.server("v1").answer = (_seen, response) => {
      response.setHeader("content-length", LARGE.length);
      response.write(LARGE.slice(0, 200_000));
      setTimeout(() => response.destroy(), 20);
    };
    await expect(bench.predict()).rejects.toThrow();
    bench.server("v1").answer = (_seen, response) => response.end("{}");
    expect((await bench.predict()).status).toBe(200);
    expect((await bench.status()).requests.v1).toMatchObject({ requests: 2, errors: 1 });
  });

  test("one connection may carry plain requests, then others, then plain ones again", async () => {
    for (let i = 0; i < 2; i++) {
      expect((await bench.predict()).status).toBe(200);
      expect((await bench.data("/v2/health/ready")).status).toBe(200);
      expect((await bench.data("/predict")).status).toBe(405);
    }
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { ProtocolError, ResponseParser } from "../../../../components/platforms/local/gateway/response-parser.ts";

interface Read {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
  readonly reusable: boolean;
}

/** Everything that comes out when the bytes arrive in the given pieces. */
function readAll(pieces: readonly Buffer[], closed = false): readonly Read[] {
  const answers: Read[] = [];
  let head = { status: 0, headers: [] as readonly string[] };
  let body = Buffer.alloc(0);
  const parser = new ResponseParser({
    onHead: (status, headers) => {
      head = { status, headers };
      body = Buffer.alloc(0);
    },
    onBody: (part) => {
      body = Buffer.concat([body, part]);
    },
    onEnd: (reusable) => answers.push({ ...head, body: body.toString(), reusable }),
  });
  for (const piece of pieces) parser.read(piece);
  if (closed) parser.close();
  return answers;
}

const read = (text: string, closed = false): readonly Read[] => readAll([Buffer.from(text)], closed);

const WITH_LENGTH = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nhello";
const CHUNKED =
  "HTTP/1.1 500 Oh\r\ntransfer-encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n0a\r\n0123456789\r\n0\r\nx-trailer: 1\r\n\r\n";

test("an answer with a length", () => {
  const headers = ["content-type", "application/json", "content-length", "5"];
  expect(read(WITH_LENGTH)).toEqual([{ status: 200, headers, body: "hello", reusable: true }]);
});

test("an answer in chunks, extensions and trailers dropped", () => {
  const headers = ["transfer-encoding", "chunked"];
  expect(read(CHUNKED)).toEqual([{ status: 500, headers, body: "abc0123456789", reusable: true }]);
});

test("an interim answer is passed over", () => {
  expect(read(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${WITH_LENGTH}`)).toMatchObject([
    { status: 200, body: "hello" },
  ]);
});

test("an answer without a length ends with the connection", () => {
  expect(read("HTTP/1.0 200 OK\r\n\r\nall of it", true)).toMatchObject([{ body: "all of it", reusable: false }]);
});

test("204 has no body, connection: close is not used again", () => {
  expect(read("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")).toMatchObject([{ body: "", reusable: false }]);
});

test("however the bytes are cut, the same answers come out", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(WITH_LENGTH, CHUNKED, `HTTP/1.1 100 Continue\r\n\r\n${WITH_LENGTH}`),
      fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 8 }),
      (text, cuts) => {
        const bytes = Buffer.from(text);
        const at = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].sort((a, b) => a - b);
        const pieces = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
        expect(readAll(pieces)).toEqual(read(text));
      },
    ),
  );
});

test.each([
  ["no HTTP", "SSH-2.0-x\r\n\r\n"],
  ["no status", "HTTP/1.1 abc\r\n\r\n"],
  ["more than its length", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab"],
  ["a negative length", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"],
  ["a length and chunks", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n"],
  ["another coding", "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n"],
  ["a chunk without a size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n"],
  ["a chunk that runs on", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n"],
  ["a header without a name", "HTTP/1.1 200 OK\r\n: x\r\n\r\n"],
  ["an endless head", `HTTP/1.1 200 OK\r\nx: ${"x".repeat(70_000)}`],
])("%s is refused", (_what, text) => {
  expect(() => read(text)).toThrow(ProtocolError);
});

import type { ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { succeed } from "../../platforms/local/gateway/fake-server.ts";
import type { Bench } from "../../platforms/local/gateway/harness.ts";

/** Something that could take the gateway's memory. */
export interface MemoryAttack {
  readonly name: string;
  /** How the candidate, which has half of the traffic, and stable answer. @default a small answer */
  readonly answer?: (response: ServerResponse) => void;
  readonly run: (bench: Bench, isOn: () => boolean) => Promise<unknown>;
}

const LARGE_BODY = Buffer.alloc(4 * 1024 * 1024 - 2, "[");
const PART = Buffer.alloc(64 * 1024, "a");

const head = (path: string, length: number, headers = ""): string =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\n${headers}content-length: ${length}\r\n\r\n`;

/** Keeps so many connections open, each used anew when it was closed. Writing goes on as fast as it is taken. */
const connections =
  (count: number, use: (socket: Socket, isOn: () => boolean) => Promise<void> | void): MemoryAttack["run"] =>
  async (bench, isOn) => {
    const lane = async (): Promise<void> => {
      while (isOn()) {
        const socket = connect(bench.port, "127.0.0.1");
        socket.on("error", () => {});
        const closed = new Promise<void>((done) => socket.on("close", () => done()));
        await Promise.race([Promise.resolve(use(socket, isOn)).then(() => idle(isOn)), closed]);
        socket.destroy();
        await sleep(20);
      }
    };
    await Promise.all(Array.from({ length: count }, lane));
  };

async function idle(isOn: () => boolean): Promise<void> {
  while (isOn()) await sleep(100);
}

const write = (socket: Socket, bytes: string | Buffer): Promise<void> =>
  new Promise((done) => socket.write(bytes, () => done()));

/** Sends one request after the other and never reads. */
const sendAhead =
  (request: string) =>
  async (socket: Socket, isOn: () => boolean): Promise<void> => {
    socket.pause();
    while (isOn() && !socket.destroyed) await write(socket, request.repeat(50));
  };

const once = (request: string) => (socket: Socket) => {
  socket.pause();
  socket.write(request);
};

function endless(status: number): (response: ServerResponse) => void {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json" });
    const more = (): void => {
      while (!response.destroyed && response.write(PART));
    };
    response.on("drain", more);
    more();
  };
}

const small = head("/predict", 13) + '{"text":"abc"}'.slice(0, 13);

const reading =
  (count: number, body: (number: number) => { readonly body: string; readonly headers?: Record<string, string> }) =>
  async (bench: Bench, isOn: () => boolean): Promise<void> => {
    let number = 0;
    const lane = async (): Promise<void> => {
      while (isOn()) await bench.predict(body(number++)).catch(() => sleep(20));
    };
    await Promise.all(Array.from({ length: count }, lane));
  };

export const MEMORY_ATTACKS: readonly MemoryAttack[] = [
  { name: "one connection that sends ahead and never reads", run: connections(1, sendAhead(small)) },
  { name: "200 such connections", run: connections(200, sendAhead(small)) },
  {
    name: "500 bodies of 4 MiB to a slow model",
    answer: (response) => void sleep(1_000).then(() => succeed(response, "v")),
    run: connections(500, async (socket) => {
      socket.resume();
      await write(socket, head("/predict", LARGE_BODY.length));
      await write(socket, LARGE_BODY);
    }),
  },
  {
    name: "500 bodies of 4 MiB in small pieces that do not end",
    run: connections(500, async (socket, isOn) => {
      socket.resume();
      await write(socket, head("/predict", LARGE_BODY.length));
      for (let at = 0; at + 8_192 < LARGE_BODY.length && isOn() && !socket.destroyed; at += 8_192) {
        await write(socket, LARGE_BODY.subarray(at, at + 8_192));
        await sleep(10);
      }
    }),
  },
  {
    name: "500 bodies of 4 MiB that do not end",
    run: connections(500, async (socket) => {
      socket.resume();
      await write(socket, head("/predict", LARGE_BODY.length));
      await write(socket, LARGE_BODY.subarray(1));
    }),
  },
  {
    name: "nested JSON to /feedback",
    run: connections(64, async (socket, isOn) => {
      socket.resume();
      while (isOn() && !socket.destroyed) {
        await write(socket, head("/feedback", LARGE_BODY.length));
        await write(socket, LARGE_BODY);
      }
    }),
  },
  { name: "an endless error body", answer: endless(500), run: connections(64, once(small)) },
  {
    name: "endless answers that are read",
    answer: endless(200),
    run: connections(32, (socket) => void socket.resume().write(small)),
  },
  { name: "endless answers that nobody reads", answer: endless(200), run: connections(200, once(small)) },
  {
    name: "large answers that nobody reads",
    answer: (response) => response.end(Buffer.alloc(8 * 1024 * 1024, "a")),
    run: connections(300, once(small.repeat(4))),
  },
  {
    name: "2,000 heads of 15 KiB that do not end",
    run: connections(2_000, once(`POST /predict HTTP/1.1\r\nhost: x\r\nx-a: ${"a".repeat(15 * 1024)}`)),
  },
  {
    name: "answers with heads of 30 KiB",
    answer: (response) => response.writeHead(200, { "x-a": "a".repeat(15_000), "x-b": "b".repeat(15_000) }).end("{}"),
    run: reading(64, () => ({ body: "{}" })),
  },
  {
    name: "a new session and a new input with each request",
    run: reading(64, (number) => ({ body: `{"text":"${number}"}`, headers: { "x-session-id": `session ${number}` } })),
  },
];

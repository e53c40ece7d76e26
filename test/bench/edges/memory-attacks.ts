import type { ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { TrafficPlan } from "../../../components/spec/traffic.ts";
import type { Bench } from "../../platforms/local/gateway/harness.ts";

/** What clients, or a model, do to take the gateway's memory. */
export interface MemoryAttack {
  readonly name: string;
  readonly plan?: Partial<TrafficPlan>;
  /** How both versions answer. @default - well, at once */
  readonly answer?: (response: ServerResponse) => void;
  readonly connections: number;
  /** What is done on each connection, again on a new one when it was closed. */
  readonly run: (socket: Socket, isOn: () => boolean) => Promise<unknown>;
}

const LARGEST = 4 * 1024 * 1024;
const post = (body: string | Buffer, headers = "", path = "/predict"): Buffer =>
  Buffer.concat([
    Buffer.from(`POST ${path} HTTP/1.1\r\nhost: x\r\n${headers}content-length: ${body.length}\r\n\r\n`),
    Buffer.from(body),
  ]);
const small = post('{"text":"good"}');
const large = post(`{"text":"${"a ".repeat(LARGEST / 2 - 20)}"}`);
const nested = "[".repeat(LARGEST / 2) + "]".repeat(LARGEST / 2);
const objects = `{"inputs":[${"{},".repeat(LARGEST / 3 - 20)}{}]}`;
const part = Buffer.alloc(64 * 1024, "x");

/** Sends for as long as the connection lives, as fast as it is taken. */
const sendOn =
  (bytes: () => Buffer) =>
  async (socket: Socket, isOn: () => boolean): Promise<void> => {
    while (isOn() && !socket.destroyed) {
      if (!socket.write(bytes())) await drained(socket, isOn);
    }
  };
const sendOnce =
  (bytes: Buffer) =>
  async (socket: Socket): Promise<void> => {
    socket.write(bytes);
  };

async function drained(socket: Socket, isOn: () => boolean): Promise<void> {
  while (isOn() && !socket.destroyed && socket.writableNeedDrain) await sleep(5);
}

/** Writes an answer that never ends, as fast as it is taken. */
function endless(response: ServerResponse, status: number): void {
  response.on("error", () => {});
  response.writeHead(status, { "content-type": "application/json" });
  const go = (): void => {
    while (!response.destroyed) if (!response.write(part)) return void response.once("drain", go);
  };
  go();
}

let sessions = 0;

export const MEMORY_ATTACKS: readonly MemoryAttack[] = [
  { name: "one connection sends ahead and never reads", connections: 1, run: sendOn(() => small) },
  { name: "64 connections send ahead and never read", connections: 64, run: sendOn(() => small) },
  { name: "500 largest bodies to a model that hangs", answer: () => {}, connections: 500, run: sendOnce(large) },
  {
    name: "1,000 largest bodies that do not end",
    connections: 1_000,
    run: sendOnce(large.subarray(0, large.length - 10)),
  },
  {
    name: "an endless error body of the candidate",
    plan: { weight: 5_000 },
    answer: (response) => endless(response, 500),
    connections: 32,
    run: sendOnce(small),
  },
  {
    name: "an endless answer to clients that do not read",
    answer: (response) => endless(response, 200),
    connections: 64,
    run: sendOnce(small),
  },
  {
    name: "answers of 12 MB to 64 clients that do not read",
    answer: (response) => void response.end(Buffer.alloc(12_000_000, "x")),
    connections: 64,
    run: sendOnce(small),
  },
  {
    name: "copies of the largest bodies to a candidate that hangs",
    plan: { weight: 0, shadow: true },
    answer: () => {},
    connections: 64,
    run: sendOnce(large),
  },
  { name: "nested lists to /feedback", connections: 8, run: sendOn(() => post(nested, "", "/feedback")) },
  {
    name: "empty objects to /infer",
    connections: 8,
    run: sendOn(() => post(objects, "", "/v2/models/sentiment/infer")),
  },
  {
    name: "3,000 heads that do not end",
    connections: 3_000,
    run: sendOnce(Buffer.from(`POST /predict HTTP/1.1\r\nhost: x\r\nx-a: ${"a".repeat(15_000)}\r\n`)),
  },
  {
    name: "a session and an input of its own for each request",
    plan: { weight: 5_000, stickyHeader: "x-session-id" },
    connections: 16,
    run: async (socket, isOn) => {
      socket.resume();
      await sendOn(() => post(`{"text":"${++sessions}"}`, `x-session-id: ${"s".repeat(1_000)}${sessions}\r\n`))(
        socket,
        isOn,
      );
    },
  },
];

/** Keeps so many connections at it for so long. Nothing is read that the attack does not read itself. */
export async function attack(bench: Bench, { connections, run }: MemoryAttack, isOn: () => boolean): Promise<void> {
  const lane = async (): Promise<void> => {
    while (isOn()) {
      const socket = connect(bench.port, "127.0.0.1");
      socket.on("error", () => {});
      await run(socket, isOn);
      while (isOn() && !socket.destroyed) await sleep(50);
      socket.destroy();
      await sleep(20);
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
}

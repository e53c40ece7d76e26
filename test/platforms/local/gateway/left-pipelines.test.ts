import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { stablePlan } from "../../../support/plans.ts";
import { succeed } from "./fake-server.ts";
import { Bench } from "./harness.ts";

let bench: Bench;
afterEach(() => bench.stop());

/** Sends so many requests ahead on each of so many connections, and leaves. */
async function sendAheadAndLeave(count: number, requests: number, body: string): Promise<void> {
  const request = `POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  for (let i = 0; i < count; i++) {
    const socket = connect(bench.port, "127.0.0.1").on("error", () => {});
    await new Promise((written) => socket.write(request.repeat(requests), written));
    await sleep(20);
    socket.destroy();
    if (!socket.closed) await once(socket, "close");
  }
}

const large = JSON.stringify({ text: "a".repeat(100_000) });

test("what a client has sent ahead is forgotten with the client: its requests are no more on their way, its bodies are let go", async () => {
  bench = await Bench.start(["v1"]);
  bench.server("v1").answer = () => {};
  await bench.accepted(stablePlan());
  await sendAheadAndLeave(120, 60, JSON.stringify({ text: "a".repeat(15_000) }));
  bench.server("v1").answer = (_seen, response) => succeed(response, "v1");
  const answers = await Promise.all([bench.predict(), bench.predict({ body: large })]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
});

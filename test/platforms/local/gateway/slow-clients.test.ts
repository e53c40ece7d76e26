import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDataPort } from "../../../../components/platforms/local/gateway/data-port.ts";
import { Traffic } from "../../../../components/platforms/local/gateway/traffic.ts";

let port: Server;
beforeEach(async () => {
  const traffic = new Traffic({ feedbackKey: Buffer.from("k"), startedAt: 0 });
  port = createDataPort({
    traffic,
    instance: "i",
    metrics: () => new Map(),
    feedbackToken: "t",
    headersTimeoutMs: 200,
    requestTimeoutMs: 400,
  }).server;
  await new Promise<void>((listening) => port.listen(0, "127.0.0.1", listening));
});
afterEach(() => new Promise((closed) => port.close(closed)));

const answerTo = (text: string): Promise<string> =>
  new Promise((done, refuse) => {
    const socket = connect((port.address() as AddressInfo).port, "127.0.0.1");
    let answer = "";
    socket.on("data", (data) => (answer += data.toString()));
    socket.on("error", refuse);
    socket.on("close", () => done(answer));
    socket.write(text);
  });

test.each([
  ["its headers", "POST /feedback HTTP/1.1\r\nhost: x\r\n"],
  ["its body", "POST /feedback HTTP/1.1\r\nhost: x\r\nauthorization: Bearer t\r\ncontent-length: 10\r\n\r\n{"],
])("a client that does not finish %s gets 408 and is let go", async (_what, text) => {
  expect(await answerTo(text)).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nconnection: close/);
});

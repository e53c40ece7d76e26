import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { globSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What came of a download whose process was killed again and again. */
export interface KilledDownload {
  readonly bytes: number;
  /** Sent by the server over all processes. */
  readonly sent: number;
  /** Files of the store that had their place when a process was killed. */
  readonly early: readonly string[];
  /** The place of the file, when it is whole, is named by its hash. */
  readonly kept: readonly string[];
  readonly hash: string;
  /** Where each process asked the server to begin, and how much was there before it. */
  readonly begins: readonly number[];
  readonly before: readonly number[];
}

/**
 * Kills a process that downloads, so many times in the middle of it, and lets the last one end.
 * @param root of the store
 * @param options.length of the file @param options.each the least that a process keeps before it is killed, in bytes
 */
export async function killDownload(
  root: string,
  { kills, length, each }: { readonly kills: number; readonly length: number; readonly each: number },
): Promise<KilledDownload> {
  const long = randomBytes(length);
  const hash = createHash("sha256").update(long).digest("hex");
  const server = await slowServer(long);
  const args = [resolve(import.meta.dirname, "fetch-once.ts"), root, `${server.origin}/f`, String(length), hash];
  const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const there = () =>
    Math.max(0, ...globSync("parts/*[0-9a-f]", { cwd: root }).map((path) => sizeOf(join(root, path))));
  const whole = () => globSync("files/*/*", { cwd: root }).map((path) => path.slice(-64));
  const before: number[] = [];
  const early: string[] = [];
  for (let count = 0; count < kills; count += 1) {
    const from = there();
    before.push(from);
    const child = spawn(process.execPath, args, { stdio: "ignore" });
    const ended = once(child, "exit");
    while (there() < from + each && child.exitCode === null) await sleep(2);
    if (child.exitCode !== null) throw new Error(`the download ended with ${child.exitCode}`);
    child.kill("SIGKILL");
    await ended;
    early.push(...whole());
  }
  before.push(there());
  const [code] = await once(spawn(process.execPath, args, { stdio: "inherit" }), "exit");
  if (code !== 0) throw new Error(`the last download ended with ${code}`);
  await server.stop();
  return { bytes: length, sent: server.sent(), early, kept: whole(), hash, begins: server.begins, before };
}

/** So slow that a kill comes into the middle of it. */
async function slowServer(bytes: Buffer) {
  let sent = 0;
  const begins: number[] = [];
  const server = createServer((request, response) => {
    const [, start] = /^bytes=(\d+)-/.exec(request.headers.range ?? "") ?? [];
    const from = Number(start ?? 0);
    begins.push(from);
    response.writeHead(start === undefined ? 200 : 206, {
      "content-length": bytes.length - from,
      ...(start !== undefined && { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    });
    let at = from;
    const timer = setInterval(() => {
      const chunk = bytes.subarray(at, at + CHUNK);
      at += chunk.length;
      if (chunk.length === 0 || response.destroyed) {
        clearInterval(timer);
        response.end();
      } else {
        sent += chunk.length;
        response.write(chunk);
      }
    }, 2);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  return { origin: `http://127.0.0.1:${port}`, begins, sent: () => sent, stop };
}

const CHUNK = 20_000;

import { execFile, execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { REQUEST } from "./real-servers.ts";

export interface WrkResult {
  readonly requestsPerSecond: number;
  readonly failed: number;
}

/** True when a program can be started. */
export function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ["-v"], { stdio: "ignore" });
    return true;
  } catch (error) {
    // wrk prints its version and exits with 1.
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}

/** Loads `/predict` with 32 connections from one thread. */
export async function wrk(directory: string, port: number, seconds: number): Promise<WrkResult> {
  const script = join(directory, "post.lua");
  const lines = [`wrk.method = "POST"`, `wrk.body = '${REQUEST}'`, `wrk.headers["content-type"] = "application/json"`];
  writeFileSync(script, `${lines.join("\n")}\n`);
  const url = `http://127.0.0.1:${port}/predict`;
  const { stdout } = await promisify(execFile)("wrk", ["-t1", "-c32", `-d${seconds}s`, "-s", script, url]);
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1];
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1];
  const broken = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout)?.slice(1) ?? [];
  if (rate === undefined) throw new Error(stdout);
  return {
    requestsPerSecond: Number(rate),
    failed: [bad ?? 0, ...broken].reduce<number>((sum, n) => sum + Number(n), 0),
  };
}

import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { Agent, request } from "undici";
import type { StateFolder } from "../state-folder/folder.ts";

/** What a version must show before it gets traffic. */
export interface VersionChecks {
  /** Absolute path of a JSON Lines file: `{"input": {...}, "expect"?: {...}, "label"?: "..."}`. */
  readonly golden?: string;
  /** Least share of right answers, by metric (0 to 1). `accuracy` counts answers whose label is the line's. */
  readonly floor?: Readonly<Record<string, number>>;
  /** The 99th percentile of one golden request at a time, in milliseconds. */
  readonly latencyMs?: number;
}

interface GoldenRequest {
  readonly input: Readonly<Record<string, unknown>>;
  readonly expect?: Readonly<Record<string, unknown>>;
  readonly label?: string;
}

/** @throws Error with everything that does not hold; the version is never routed then. */
export async function checkVersion(
  folder: StateFolder,
  socket: string,
  { version, checks }: { readonly version: string; readonly checks: VersionChecks },
): Promise<void> {
  if (checks.golden === undefined) return;
  const golden = await readGolden(checks.golden);
  const agent = new Agent({ connect: { socketPath: folder.path(socket) }, connections: 1 });
  const failures: string[] = [];
  const times: number[] = [];
  let labelled = 0;
  let right = 0;
  try {
    for (const [index, { input, expect, label }] of golden.entries()) {
      const started = performance.now();
      const { statusCode, body } = await request("http://server/predict", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(input),
        dispatcher: agent,
      });
      const text = await body.text();
      times.push(performance.now() - started);
      const where = `golden request ${index + 1} of ${checks.golden}`;
      if (statusCode !== 200) {
        failures.push(`${where}: seen status ${statusCode} ${text.slice(0, 200)}; allowed 200`);
        continue;
      }
      const answer = JSON.parse(text) as Record<string, unknown>;
      for (const [key, value] of Object.entries(expect ?? {})) {
        if (answer[key] !== value) {
          failures.push(`${where}: ${key} seen ${JSON.stringify(answer[key])}; allowed ${JSON.stringify(value)}`);
        }
      }
      if (label !== undefined) {
        labelled++;
        if (answer.label === label) right++;
      }
    }
  } finally {
    await agent.close();
  }
  failures.push(...floorFailures(checks, right, labelled), ...latencyFailures(checks, times));
  if (failures.length > 0) {
    throw new Error(
      [`version ${version} fails its checks and is not routed:`, ...failures.map((line) => `  ${line}`)].join("\n"),
    );
  }
}

async function readGolden(path: string): Promise<readonly GoldenRequest[]> {
  const lines = (await readFile(path, "utf8")).split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) throw new Error(`${path}: seen no golden request; allowed: one JSON object a line`);
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as GoldenRequest;
    } catch {
      throw new Error(`${path}:${index + 1}: seen ${line.slice(0, 80)}; allowed: one JSON object a line`);
    }
  });
}

function floorFailures(checks: VersionChecks, right: number, labelled: number): string[] {
  return Object.entries(checks.floor ?? {}).flatMap(([metric, floor]) => {
    if (metric !== "accuracy") return [`floor ${metric}: not measured here; allowed: accuracy`];
    if (labelled === 0) return [`floor accuracy: no labelled line in ${checks.golden}; allowed: lines with "label"`];
    const seen = right / labelled;
    return seen >= floor
      ? []
      : [`accuracy seen ${seen.toFixed(4)} (${right} of ${labelled}); allowed ${floor} or more`];
  });
}

function latencyFailures(checks: VersionChecks, times: readonly number[]): string[] {
  if (checks.latencyMs === undefined || times.length === 0) return [];
  const sorted = times.toSorted((a, b) => a - b);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
  return p99 <= checks.latencyMs
    ? []
    : [`latency p99 seen ${p99.toFixed(1)} ms over ${times.length} requests; allowed ${checks.latencyMs} ms`];
}

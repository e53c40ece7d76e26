import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { folderAt } from "../../components/platforms/local/state-folder/folder.ts";
import { findFolderProcesses } from "../../components/platforms/local/state-folder/folder-processes.ts";
import { repository } from "../support/project.ts";

const DEMO = path.join(repository, "dist/stacks/cli/mlc.js");

test.each([
  ["SIGTERM", "while the engine deploys", "pulumi up"],
  ["SIGHUP", "while customers are served", "customers come in at"],
] as const)("%s %s takes everything down, and ends with 130", async (signal, _when, awaited) => {
  const demo = spawn(process.execPath, [DEMO, "demo"], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [demo.stdout, demo.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(demo, "exit");
  try {
    await expect.poll(() => said.includes(awaited) || demo.exitCode !== null, { timeout: 240_000 }).toBe(true);
    const [, dir = ""] = /the project is (\S+)/.exec(said) ?? [];
    expect(existsSync(dir), said).toBe(true);
    demo.kill(signal);
    expect([await ended, said.includes("The demo failed")], said).toEqual([[130, null], false]);
    expect(existsSync(dir)).toBe(false);
    expect(findFolderProcesses(folderAt(path.join(dir, ".state", "model-lifecycle", "sentiment-api", "demo")))).toEqual(
      [],
    );
  } finally {
    if (demo.exitCode === null) demo.kill("SIGTERM");
    await ended;
  }
});

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { findPackageRoot } from "../stage.ts";

// The real control plane is that of the repository's cluster lane: its processes live in namespaces that the lane makes, so the
// demo is started anew in there. An installed package has no lane.

const LANE = "test/cluster/lane.ts";
const DEMO = "test/cluster/demo/main.ts";

/** Why no real control plane can be had here; undefined where one can. */
export async function findRealCluster(): Promise<string | undefined> {
  const root = findPackageRoot();
  if (!existsSync(path.join(root, LANE))) return "a real control plane comes with the repository";
  const { code, output } = await run(root, ["--check"]);
  return code === 0 ? undefined : output.trim().split("\n").at(-1);
}

/** Plays the demo there, and ends this process as it ended. */
export async function playInLane(args: readonly string[]): Promise<never> {
  const lane = spawn(process.execPath, [LANE, "--file", DEMO, ...args], { cwd: findPackageRoot(), stdio: "inherit" });
  // A terminal sends ctrl-C to the demo as well, which takes everything down before it ends.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => lane.kill(signal));
  const code = await new Promise<number | null>((done, fail) => {
    lane.once("error", fail);
    lane.once("exit", done);
  });
  return process.exit(code ?? 1);
}

function run(cwd: string, args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [LANE, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.once("error", fail);
    child.once("close", (code) => done({ code, output }));
  });
}

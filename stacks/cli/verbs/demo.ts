import { type ExitCode, exitCodes, Failure } from "../failure.ts";
import type { Verb } from "../verb.ts";

// From dist/stacks/cli/verbs; in a source tree the demo is built first.
const SCRIPTS = ["../../../examples/sentiment-api/demo/main.js", "../../../dist/examples/sentiment-api/demo/main.js"];

/** Hands everything to the demo of the example. */
export const demo: Verb = {
  usage: "demo [arguments...]",
  summary: "see it all in some minutes, on this machine or in a cluster",
  description:
    "Runs the example from training to retirement, on the real engine. Arguments go to the demo: --on local, kubernetes (a real control plane where one can be had, else a simulation) or simulated-kubernetes; --report FILE; --seed NUMBER; --keep.",
  example: "mlc demo --on kubernetes --report report.json",
  options: [],
  json: false,
  passesOn: true,
  async run(_terminal, { args }) {
    const { spawn } = await import("node:child_process");
    const { existsSync } = await import("node:fs");
    const { fileURLToPath } = await import("node:url");
    const script = SCRIPTS.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) =>
      existsSync(path),
    );
    if (script === undefined)
      throw new Failure(exitCodes.error, "The demo is not built. In the repository, run: npm run demo");
    const code = await new Promise<number | null>((done, fail) => {
      // The terminal sends ctrl-C to the demo as well, which takes everything down before it ends.
      process.on("SIGINT", () => {});
      for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
      const child = spawn(process.execPath, [script, ...args], { stdio: "inherit" });
      child.on("error", fail);
      child.on("exit", done);
    });
    return { exitCode: asExitCode(code), facts: {} };
  },
};

const asExitCode = (code: number | null): ExitCode =>
  Object.values(exitCodes).find((known) => known === code) ?? exitCodes.error;

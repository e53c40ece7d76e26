import { spawnSync } from "node:child_process";

/** Prometheus's own checker, where it is installed. */
export const hasPromtool: boolean = spawnSync("promtool", ["--version"]).status === 0;

/** Ends the title of a test that needs promtool, so that a report shows why it did not run. */
export const promtoolNeeded: string = hasPromtool ? "" : " (NOT RUN: no promtool on PATH; apt-get install prometheus)";

if (!hasPromtool) {
  console.warn(
    "promtool is not on PATH: the Prometheus rules were NOT checked by Prometheus. Debian and Ubuntu: apt-get install prometheus; elsewhere: https://prometheus.io/download/",
  );
}

export function promtool(...args: readonly string[]): { readonly code: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync("promtool", args, { encoding: "utf8" });
  return { code: status, output: stdout + stderr };
}

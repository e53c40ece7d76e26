import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { putRoute, readRouteStatus } from "../../components/platforms/local/gateway/admin-client.ts";
import type { RouteDocument } from "../../components/platforms/local/gateway/route-document.ts";
import { openStateFolder, type StateFolder } from "../../components/platforms/local/state-folder/folder.ts";
import { gatewayPaths } from "../../components/platforms/local/state-folder/paths.ts";
import { repository } from "../support/project.ts";
import type { Endpoint } from "./endpoint.ts";
import { type Figure, figure, median, percentile } from "./figure.ts";

/** `mlc rollback` from its start as a process to the gateway's own record of the effect. */
export async function benchRollbackCommand({ project, release }: Endpoint, runs = 30): Promise<readonly Figure[]> {
  const folder = openStateFolder(project.stateDir);
  const times: number[] = [];
  for (let run = 1; run <= runs; run++) {
    const rollout = { candidate: "v2", weight: "25%", advance: "manual", attempt: String(run) };
    project.configure(release(rollout));
    await openRollout(folder, run);
    const pressed = Date.now();
    const cli = [
      path.join(repository, "dist/stacks/cli/mlc.js"),
      "rollback",
      "--no-up",
      "--json",
      "--stack",
      project.stack,
    ];
    const child = spawn(process.execPath, cli, { cwd: project.dir, env: project.env, stdio: "ignore" });
    await once(child, "exit");
    const ended = (await readRouteStatus(folder, "sentiment"))?.rollout.ended?.at;
    if (ended === undefined) throw new Error("the rollback had no effect");
    times.push(Date.parse(ended) - pressed);
  }
  const detail = `${runs} runs, median ${median(times)} ms, most ${Math.max(...times)} ms`;
  return [figure("rollback-command-ms-p95", percentile(times, 0.95), "ms", { atMost: 1000 }, detail)];
}

/** Gives v2 its share again under a new identity, as the next attempt's `up` would. */
async function openRollout(folder: StateFolder, run: number): Promise<void> {
  const { plan, servers } = JSON.parse(
    readFileSync(folder.path(gatewayPaths("sentiment").route), "utf8"),
  ) as RouteDocument;
  const rollout = { ...plan.rollout, advance: "manual" as const, attempt: String(run), identity: `bench-${run}` };
  await putRoute(folder, "sentiment", { servers, plan: { ...plan, candidate: "v2", weight: 2500, rollout } });
}

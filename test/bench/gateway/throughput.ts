import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, send } from "../../platforms/local/gateway/harness.ts";
import { canaryPlan } from "../../support/plans.ts";
import { type Figure, figure, median } from "../figure.ts";
import { EVERY_GUARD, REQUEST, type RealBench, route, startReal } from "./real-servers.ts";
import { isInstalled, wrk } from "./wrk.ts";

const NAME = "gateway-vs-haproxy";
const BAR = { atLeast: 0.35 } as const;
const ROUNDS = 9;
const SECONDS = 3;

/** The gateway with its guards on, and HAProxy with one thread, before the same two model servers, round by round. */
export async function benchThroughput(main: string): Promise<readonly Figure[]> {
  const missing = ["haproxy", "wrk"].filter((program) => !isInstalled(program));
  if (missing.length > 0) {
    return [figure(NAME, Number.NaN, "share", BAR, `not taken: apt-get install ${missing.join(" ")}`)];
  }
  const real = await startReal(main);
  const haproxy = await startHaproxy(real);
  try {
    await route(real, canaryPlan({}, { guards: EVERY_GUARD }));
    const rounds: { readonly ours: number; readonly theirs: number }[] = [];
    let failed = 0;
    // The first round warms both up.
    for (let round = 0; round <= ROUNDS; round++) {
      const theirs = await wrk(real.bench.root, haproxy.port, SECONDS);
      const ours = await wrk(real.bench.root, real.bench.port, SECONDS);
      failed += ours.failed + theirs.failed;
      if (round > 0) rounds.push({ ours: ours.requestsPerSecond, theirs: theirs.requestsPerSecond });
    }
    const ratios = rounds.map(({ ours, theirs }) => ours / theirs);
    const [ours, theirs] = [median(rounds.map((round) => round.ours)), median(rounds.map((round) => round.theirs))];
    const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    const detail = `median of ${ROUNDS} rounds of ${SECONDS} s each (${spread}), 32 connections; ${Math.round(ours)}/s against ${Math.round(theirs)}/s; ${failed} failed`;
    return [figure(NAME, median(ratios), "share", BAR, detail)];
  } finally {
    haproxy.stop();
    await real.stop();
  }
}

async function startHaproxy({
  bench,
  servers,
}: RealBench): Promise<{ readonly port: number; readonly stop: () => void }> {
  const port = await freePort();
  const shares: Readonly<Record<string, number>> = { v1: 95, v2: 5 };
  const backends = Object.entries(servers).map(
    ([version, socket]) => `  server ${version} unix@${join(bench.root, socket)} weight ${shares[version]}`,
  );
  const config = [
    ...["global", "  nbthread 1", "defaults", "  mode http", "  timeout client 30s", "  timeout server 30s"],
    ...["  timeout connect 2s", "  option http-keep-alive", "frontend f", `  bind 127.0.0.1:${port}`],
    ...["  default_backend b", "backend b", "  http-reuse always", ...backends, ""],
  ];
  const file = join(bench.root, "haproxy.cfg");
  writeFileSync(file, config.join("\n"));
  const child = spawn("haproxy", ["-db", "-f", file], { stdio: "ignore" });
  const ask = () => send(port, "/predict", { method: "POST", body: REQUEST }).catch(() => undefined);
  while ((await ask())?.status !== 200) await sleep(50);
  return { port, stop: () => child.kill("SIGKILL") };
}

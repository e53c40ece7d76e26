import { setTimeout as sleep } from "node:timers/promises";
import { Bench } from "../../platforms/local/gateway/harness.ts";
import { canaryPlan, stablePlan } from "../../support/plans.ts";
import { type Figure, figure } from "../figure.ts";
import { replaceGateways } from "./replaced.ts";

const REPLACEMENTS = 20;

/**
 * Requests lost while everything moves that may move: 100 weight changes, 10 rollbacks, a killed candidate, a gateway
 * that is replaced, 20 gateways replaced under clients with a connection for each request; and, apart, what a gateway
 * killed with SIGKILL costs.
 */
export async function benchLost(main: string): Promise<readonly Figure[]> {
  const bench = await Bench.start(["v1", "v2"], main);
  try {
    for (const server of bench.servers.values()) server.remember = false;
    await bench.accepted(stablePlan());
    let done = false;
    const startedAt = performance.now();
    const load = bench.load(() => done, 8);
    for (let i = 0; i < 100; i++) await bench.accepted(canaryPlan({ weight: 100 + 90 * i }));
    for (let i = 0; i < 10; i++) await rollBack(bench, i);
    await killCandidate(bench);
    await replaceGateway(bench);
    done = true;
    const { sent, statuses } = await load;
    const rate = sent / ((performance.now() - startedAt) / 1_000);
    const replaced = await replaceGateways(main, REPLACEMENTS);
    const missing = sent - (statuses.get(200) ?? 0) + replaced.lost;
    const killed = await killGateway(bench);
    const what = "100 weight changes, 10 rollbacks, a killed candidate, a gateway replaced";
    const anew = `and of ${replaced.sent} at ${Math.round(replaced.rate)}/s, each on a connection of its own: ${REPLACEMENTS} gateways replaced`;
    const detail = `of ${sent} at ${Math.round(rate)}/s: ${what}; ${anew}; apart from that a gateway killed -9 lost ${killed.lost} and answered again after ${Math.round(killed.ms)} ms (restarted at once)`;
    return [figure("lost-requests", missing, "requests", { atMost: 0 }, detail)];
  } finally {
    await bench.stop();
  }
}

async function rollBack(bench: Bench, i: number): Promise<void> {
  await bench.accepted(canaryPlan({ weight: 5_000 }, { identity: `rollback-${i}`, attempt: String(i + 1) }));
  const headers = { authorization: `Bearer ${bench.token}` };
  await bench.admin("/admin/rollback", { method: "POST", body: '{"reason":"bench"}', headers });
}

async function killCandidate(bench: Bench): Promise<void> {
  await bench.accepted(canaryPlan({ weight: 5_000 }, { identity: "killed", attempt: "11" }));
  await sleep(500);
  await bench.server("v2").kill();
  await bench.until(({ rollout }) => rollout.phase === "aborted");
}

async function replaceGateway(bench: Bench): Promise<void> {
  const old = bench.gateway;
  await bench.startGateway({ MLC_TAKEOVER: "1" });
  old.child.kill("SIGTERM");
  await old.exited;
}

async function killGateway(bench: Bench): Promise<{ readonly lost: number; readonly ms: number }> {
  let lost = 0;
  let done = false;
  const lane = async (): Promise<void> => {
    while (!done) {
      const answer = await bench.predict().catch(() => undefined);
      if (answer === undefined) lost++;
      await sleep(5);
    }
  };
  const lanes = Promise.all([lane(), lane()]);
  await sleep(200);
  const at = performance.now();
  bench.gateway.child.kill("SIGKILL");
  await bench.gateway.exited;
  await bench.startGateway();
  while ((await bench.predict().catch(() => undefined))?.status !== 200) await sleep(5);
  const ms = performance.now() - at;
  done = true;
  await lanes;
  return { lost, ms };
}

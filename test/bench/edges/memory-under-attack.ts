import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Bench } from "../../platforms/local/gateway/harness.ts";
import { canaryPlan, stablePlan } from "../../platforms/local/gateway/plans.ts";
import { type Figure, figure } from "../figure.ts";
import { gatewayMain } from "../gateway/index.ts";
import { attack, MEMORY_ATTACKS, type MemoryAttack } from "./memory-attacks.ts";

const BAR = { atMost: 300 } as const;

/** The most memory that the gateway takes under attacks on it, one after the other, each on a gateway of its own. */
export async function benchMemoryUnderAttack(seconds: number): Promise<readonly Figure[]> {
  if (process.platform !== "linux") {
    return [figure("memory-under-attack-mb", Number.NaN, "MB", BAR, "not taken: needs Linux")];
  }
  const peaks: { readonly name: string; readonly mb: number }[] = [];
  for (const each of MEMORY_ATTACKS) {
    const mb = await peakUnder(each, seconds);
    process.stderr.write(`  ${Math.round(mb)} MB  ${each.name}\n`);
    peaks.push({ name: each.name, mb });
  }
  const [first, ...others] = peaks.toSorted((a, b) => b.mb - a.mb);
  const most = [first, ...others.slice(0, 2)].map((peak) => `${peak?.name} ${Math.round(peak?.mb ?? Number.NaN)} MB`);
  const detail = `${MEMORY_ATTACKS.length} attacks of ${seconds} s, samples each 100 ms: ${most.join(", ")}`;
  return [figure("memory-under-attack-mb", first?.mb ?? Number.NaN, "MB", BAR, detail)];
}

/** Infinite when the gateway ended. */
async function peakUnder(attacker: MemoryAttack, seconds: number): Promise<number> {
  const bench = await Bench.start(["v1", "v2"], gatewayMain);
  try {
    const { plan, answer } = attacker;
    for (const server of bench.servers.values()) {
      server.remember = false;
      if (answer !== undefined) server.answer = (_seen, response) => answer(response);
    }
    await bench.accepted(plan === undefined ? stablePlan() : canaryPlan(plan));
    let over = false;
    const attacking = attack(bench, attacker, () => !over);
    const end = performance.now() + 1_000 * seconds;
    let mb = 0;
    while (performance.now() < end && bench.gateway.child.exitCode === null) {
      mb = Math.max(mb, memoryOf(bench));
      await sleep(100);
    }
    over = true;
    await attacking;
    return bench.gateway.child.exitCode === null ? mb : Number.POSITIVE_INFINITY;
  } finally {
    await bench.stop();
  }
}

function memoryOf({ gateway: { child } }: Bench): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024;
  } catch {
    return 0;
  }
}

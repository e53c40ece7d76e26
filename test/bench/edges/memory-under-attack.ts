import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { succeed } from "../../platforms/local/gateway/fake-server.ts";
import { Bench } from "../../platforms/local/gateway/harness.ts";
import { canaryPlan } from "../../support/plans.ts";
import { type Figure, figure } from "../figure.ts";
import { gatewayMain } from "../gateway/index.ts";
import { MEMORY_ATTACKS, type MemoryAttack } from "./memory-attacks.ts";
import { REQUEST_GUARDS } from "./rollouts.ts";

const NAME = "memory-under-attack-mb";
const BAR = { atMost: 300 } as const;
const LEFT_AFTER_MS = 2_000;

/** The most memory that the gateway, as it is shipped, takes under each attack. */
export async function benchMemoryUnderAttack(seconds: number): Promise<readonly Figure[]> {
  if (process.platform !== "linux") return [figure(NAME, Number.NaN, "MB", BAR, "not taken: needs Linux")];
  const results: { readonly name: string; readonly mb: number; readonly answers: boolean }[] = [];
  for (const attack of MEMORY_ATTACKS) results.push({ name: attack.name, ...(await memoryUnder(attack, seconds)) });
  const worst = Math.max(...results.map(({ mb, answers }) => (answers ? mb : Number.POSITIVE_INFINITY)));
  const each = results
    .toSorted((a, b) => b.mb - a.mb)
    .map(({ name, mb, answers }) => `${name} ${Math.round(mb)}${answers ? "" : " (no answer afterwards)"}`);
  const detail = `${results.length} attacks, ${seconds} s each, resident at its highest: ${each.join("; ")}`;
  return [figure(NAME, worst, "MB", BAR, detail)];
}

async function memoryUnder({ answer, run }: MemoryAttack, seconds: number) {
  const bench = await Bench.start(["v1", "v2"], gatewayMain);
  try {
    for (const server of bench.servers.values()) {
      server.remember = false;
      if (answer !== undefined) server.answer = (_seen, response) => answer(response);
    }
    const guards = REQUEST_GUARDS;
    // By hand, so that the candidate goes on answering what no guard can stop.
    await bench.accepted(canaryPlan({ weight: 5_000, stickyHeader: "x-session-id" }, { guards, alpha: 1e-300 }));
    let isOn = true;
    const attacking = run(bench, () => isOn);
    await sleep(seconds * 1_000);
    isOn = false;
    await attacking;
    const status = readFileSync(`/proc/${bench.gateway.child.pid}/status`, "utf8");
    const mb = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
    for (const server of bench.servers.values()) {
      server.answer = (_seen, response) => succeed(response, server.version);
    }
    await sleep(LEFT_AFTER_MS);
    const { status: code } = await bench.predict().catch(() => ({ status: 0 }));
    return { mb, answers: code === 200 };
  } finally {
    await bench.stop();
  }
}

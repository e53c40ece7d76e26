import { setTimeout as sleep } from "node:timers/promises";
import { openStateFolder } from "../../components/platforms/local/state-folder/folder.ts";
import { findFolderProcesses } from "../../components/platforms/local/state-folder/folder-processes.ts";
import type { Endpoint } from "./endpoint.ts";
import { type Figure, figure, median } from "./figure.ts";

const runs = 5;
/** Longer than a process must have lived to count as healthy. */
const calmMs = 1_500;

/** kill -9 of the gateway, and of the server that serves, to the next good answer. No `up` in between. */
export async function benchRestart({ project, url }: Endpoint): Promise<readonly Figure[]> {
  const folder = openStateFolder(project.stateDir);
  const times: Record<string, number[]> = { gateway: [], server: [] };
  for (const [what, seconds] of Object.entries(times)) {
    for (let run = 0; run < runs; run++) {
      await sleep(calmMs);
      const victims = findFolderProcesses(folder).filter(({ name }) =>
        what === "gateway" ? name === "gateway-sentiment" : name?.startsWith("sentiment-v1-"),
      );
      const killed = performance.now();
      for (const { identity } of victims) process.kill(identity.pid, "SIGKILL");
      if (victims.length === 0) throw new Error(`no ${what} to kill`);
      await untilGood(url);
      seconds.push((performance.now() - killed) / 1000);
    }
  }
  const worst = Math.max(...Object.values(times).flat());
  const detail = Object.entries(times)
    .map(
      ([what, seconds]) =>
        `${what}: median ${median(seconds).toFixed(2)} s, most ${Math.max(...seconds).toFixed(2)} s of ${runs}`,
    )
    .join("; ");
  return [figure("restart-seconds", worst, "s", { atMost: 2 }, detail)];
}

async function untilGood(url: string): Promise<void> {
  for (;;) {
    const good = await fetch(`${url}/predict`, {
      method: "POST",
      body: '{"text":"good"}',
      headers: { connection: "close" },
    })
      .then(async (answer) => {
        await answer.arrayBuffer();
        return answer.status === 200;
      })
      .catch(() => false);
    if (good) return;
    await sleep(2);
  }
}

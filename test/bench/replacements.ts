import { randomUUID } from "node:crypto";
import { readClaim } from "../../components/platforms/local/gateway/claim.ts";
import { openStateFolder, type StateFolder } from "../../components/platforms/local/state-folder/folder.ts";
import { gatewayPaths } from "../../components/platforms/local/state-folder/paths.ts";
import { readSpec, waitReady, writeSpec } from "../../components/platforms/local/supervisor/process-spec.ts";
import { send } from "../platforms/local/gateway/harness.ts";
import type { Endpoint } from "./endpoint.ts";
import { type Figure, figure } from "./figure.ts";

const REPLACEMENTS = 20;
const CLIENTS = 32;
const PROCESS = "gateway-sentiment";

/** Gateways replaced by others, as after an upgrade, under clients that open a connection for each request. */
export async function benchReplacements({ project, url }: Endpoint): Promise<readonly Figure[]> {
  const folder = openStateFolder(project.stateDir);
  const port = Number(new URL(url).port);
  const lost = new Map<string, number>();
  let sent = 0;
  let done = false;
  const client = async (): Promise<void> => {
    while (!done) {
      sent++;
      const outcome = await send(port, "/predict", { method: "POST", body: '{"text":"good"}' }).then(
        ({ status }) => String(status),
        (error: NodeJS.ErrnoException) => error.code ?? error.message,
      );
      if (outcome !== "200") lost.set(outcome, (lost.get(outcome) ?? 0) + 1);
    }
  };
  const from = performance.now();
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  try {
    for (let i = 0; i < REPLACEMENTS; i++) await replaceGateway(folder);
  } finally {
    done = true;
    await clients;
  }
  const rate = sent / ((performance.now() - from) / 1_000);
  const missing = [...lost.values()].reduce((sum, count) => sum + count, 0);
  const how = [...lost].map(([outcome, count]) => `${outcome}: ${count}`).join(", ");
  const detail = `of ${sent} at ${Math.round(rate)}/s, each on a connection of its own: ${REPLACEMENTS} gateway replacements${how === "" ? "" : `; ${how}`}`;
  return [figure("lost-requests-replacing", missing, "requests", { atMost: 0 }, detail)];
}

/** It decides when this returns. */
async function replaceGateway(folder: StateFolder): Promise<void> {
  const spec = readSpec(folder, PROCESS);
  if (spec === undefined) throw new Error("no gateway is wanted");
  const instance = randomUUID();
  writeSpec(folder, { ...spec, instance, args: [...spec.args.slice(0, -1), instance] });
  await waitReady(folder, PROCESS, { timeoutMs: 60_000 });
  const { gateway } = gatewayPaths("sentiment");
  while (readClaim(folder.path(gateway))?.instance !== instance) await new Promise((next) => setTimeout(next, 20));
}

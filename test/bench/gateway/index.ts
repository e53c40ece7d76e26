import { existsSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../support/project.ts";
import type { Figure } from "../figure.ts";
import { benchLatency } from "./latency.ts";
import { benchLost } from "./lost.ts";
import { benchMemory } from "./memory.ts";
import { benchReaction } from "./reaction.ts";
import { benchSplit } from "./split.ts";
import { benchThroughput } from "./throughput.ts";

/** The gateway as it is shipped: compiled. */
export const gatewayMain: string = join(repository, "dist/components/platforms/local/gateway/main.js");

/** Every figure of the gateway, about three minutes. */
export async function benchGateway(): Promise<readonly Figure[]> {
  if (!existsSync(gatewayMain)) throw new Error(`${gatewayMain} is missing; run \`npm run build\` first`);
  const figures: Figure[] = [];
  for (const bench of [benchSplit, benchLost, benchReaction, benchThroughput, benchLatency, benchMemory]) {
    figures.push(...(await bench(gatewayMain)));
  }
  return figures;
}

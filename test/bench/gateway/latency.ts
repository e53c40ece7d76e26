import { join } from "node:path";
import { canaryPlan } from "../../support/plans.ts";
import { type Figure, figure, percentile } from "../figure.ts";
import { TURNS, timeInTurns } from "./in-turns.ts";
import { EVERY_GUARD, REQUEST, route, startReal } from "./real-servers.ts";

/** What the gateway adds to a request: through it, and straight to the model server's socket, in turns, one connection each. */
export async function benchLatency(main: string): Promise<readonly Figure[]> {
  const real = await startReal(main);
  try {
    await route(real, canaryPlan({ weight: 0 }, { guards: EVERY_GUARD }));
    const ways = [{ path: join(real.bench.root, "v1.sock") }, { host: "127.0.0.1", port: real.bench.port }];
    const [direct = [], through = []] = await timeInTurns(ways, REQUEST);
    const at = (share: number) => percentile(through, share) - percentile(direct, share);
    const detail = `${TURNS}; p50 ${percentile(through, 0.5).toFixed(3)} ms through, ${percentile(direct, 0.5).toFixed(3)} ms direct; at p99 it adds ${at(0.99).toFixed(2)} ms`;
    return [figure("gateway-added-p50-ms", at(0.5), "ms", { atMost: 0.3 }, detail)];
  } finally {
    await real.stop();
  }
}

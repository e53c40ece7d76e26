import { Bench } from "../../platforms/local/gateway/harness.ts";
import { canaryPlan } from "../../support/plans.ts";
import { type Figure, figure } from "../figure.ts";

const REQUESTS = 20_000;
const WEIGHT = 500;

/** How far the observed split is from the configured one. */
export async function benchSplit(main: string): Promise<readonly Figure[]> {
  const bench = await Bench.start(["v1", "v2"], main);
  try {
    for (const server of bench.servers.values()) server.remember = false;
    await bench.accepted(canaryPlan({ weight: WEIGHT }));
    const { versions, sent } = await bench.load((count) => count >= REQUESTS);
    const candidate = versions.get("v2") ?? 0;
    const points = Math.abs((100 * candidate) / sent - WEIGHT / 100);
    return [figure("split-error-points", points, "points", { atMost: 0.5 }, `${candidate} of ${sent} requests at 5 %`)];
  } finally {
    await bench.stop();
  }
}

import { startSimulatedCluster } from "../../../components/simulations/kubernetes/index.ts";
import { startCluster } from "../../cluster/control-plane/index.ts";
import { cases } from "../../cluster/matrix/cases.ts";
import { differenceIn } from "../../cluster/matrix/difference.ts";
import { knownDifference } from "../../cluster/matrix/known-differences.ts";
import { type Figure, figure } from "../figure.ts";

const LEAST = 300;

/** How many objects and changes the simulation answers as a server does, and how many otherwise without our knowing. */
export async function matrixFigures(): Promise<readonly Figure[]> {
  // Node runs this as it is written: it knows no `await using` yet.
  const [real, simulated] = await Promise.all([startCluster(), startSimulatedCluster()]);
  try {
    const known = cases.map(({ title }) => title).filter((title) => knownDifference(title) !== undefined);
    const differing: string[] = [];
    for (const { title, requests } of cases) {
      if (knownDifference(title) !== undefined) continue;
      if ((await differenceIn(requests, real, simulated)) !== undefined) differing.push(title);
    }
    const named = differing.length === 0 ? "" : `; ${differing.join("; ")}`;
    const detail = `besides those that are known to differ: ${known.join("; ")}${named}`;
    return [
      figure("cluster-cases", cases.length, "objects and changes", { atLeast: LEAST }, "put to simulation and server"),
      figure("cluster-disagreements", differing.length, "cases", { atMost: 0 }, detail),
    ];
  } finally {
    await Promise.all([real.stop(), simulated.stop()]);
  }
}

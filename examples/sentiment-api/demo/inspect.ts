import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { folderAt } from "../../../components/platforms/local/state-folder/folder.ts";
import { findFolderProcesses } from "../../../components/platforms/local/state-folder/folder-processes.ts";
import { gatewayPaths } from "../../../components/platforms/local/state-folder/paths.ts";
import type { RolloutRecord, Split } from "./report.ts";
import type { Stage } from "./stage.ts";

// What follows asks the local platform and no contract, on purpose. Whoever may send feedback reads the credential from a
// file that is this platform's own; elsewhere it is a secret of the cluster's or the cloud's. And that nothing is left on
// this machine is asked of the machine, not of what should have gone.

/** The credential for feedback. */
export const readFeedbackToken = ({ stateDir }: Stage): string =>
  readFileSync(folderAt(stateDir).path(gatewayPaths("sentiment").feedbackToken), "utf8").trim();

/** What the project's directory holds by design; everything else would be a leftover. */
const known = new Set([
  ".state",
  ".pulumi",
  "Pulumi.demo.yaml",
  "Pulumi.yaml",
  "index.ts",
  "models",
  "node_modules",
  "package.json",
  "pins",
]);

/** Processes, open ports and files outside the state folder that are still there; empty when nothing is. */
export async function findLeftovers({ stateDir, dir }: Stage, ports: readonly number[]): Promise<readonly string[]> {
  const processes = findFolderProcesses(folderAt(stateDir)).map(
    ({ identity, command }) => `process ${identity.pid}: ${command}`,
  );
  const open = await Promise.all(
    ports.map(async (port) => ((await accepts(port)) ? [`port ${port} still answers`] : [])),
  );
  const files = readdirSync(dir).filter((name) => !known.has(name));
  return [...processes, ...open.flat(), ...files.map((name) => path.join(dir, name))];
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

const firstShare = 0.05;

/** How requests really fell while the first share was configured: over the intervals of that step in every rollout. */
export function observedSplit(rollouts: readonly RolloutRecord[]): Split {
  let candidate = 0;
  let n = 0;
  for (const { evidence } of rollouts) {
    for (const { step, counts } of evidence.intervals) {
      const requests = counts.errorRate;
      if (step !== 0 || requests === undefined || requests.n1 === 0) continue;
      candidate += requests.n1;
      n += requests.n0 + requests.n1;
    }
  }
  return { configured: firstShare, observed: n === 0 ? Number.NaN : candidate / n, n };
}

import { readdirSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { folderAt } from "../../components/platforms/local/state-folder/folder.ts";
import { findFolderProcesses } from "../../components/platforms/local/state-folder/folder-processes.ts";
import type { Stage } from "./stage.ts";

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

/**
 * Processes, open ports and files outside the state folder that are still there; empty when nothing is. The machine is asked,
 * not what should have gone.
 */
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

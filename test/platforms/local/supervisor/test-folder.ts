import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { claimHolder } from "../../../../components/host/claim.ts";
import { type ProcessIdentity, stopProcess } from "../../../../components/host/process-identity.ts";
import { openStateFolder, type StateFolder } from "../../../../components/platforms/local/state-folder/folder.ts";
import { findFolderProcesses } from "../../../../components/platforms/local/state-folder/folder-processes.ts";
import { directories } from "../../../../components/platforms/local/state-folder/paths.ts";
import type { ProcessSpec } from "../../../../components/platforms/local/supervisor/process-spec.ts";

export const script = (name: string): string => fileURLToPath(new URL(`./${name}.ts`, import.meta.url));

export const createFolder = (): StateFolder => openStateFolder(mkdtempSync(join(tmpdir(), "mlc-supervisor-")));

/** Ends the supervisor and everything it started, and removes the folder. */
export async function removeFolder(folder: StateFolder): Promise<void> {
  const supervisor = supervisorOf(folder);
  if (supervisor !== undefined) await stopProcess(supervisor, { graceMs: 2_000 });
  await Promise.all(findFolderProcesses(folder).map(({ identity }) => stopProcess(identity, { graceMs: 0 })));
  // A process that is ending may still write.
  rmSync(folder.root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

export const supervisorOf = (folder: StateFolder): ProcessIdentity | undefined =>
  claimHolder(folder.path(directories.supervisor));

/** An echo server on a socket of its name. */
export function echoSpec(name: string, instance: string, ...args: readonly string[]): ProcessSpec {
  const socket = `servers/${name}.sock`;
  return {
    name,
    instance,
    script: script("echo-server"),
    args: [socket, ...args],
    env: {},
    ready: { socket, path: "/ready" },
  };
}

export interface Echo {
  readonly instance: string;
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
}

export function ask(folder: StateFolder, name: string): Promise<Echo | undefined> {
  return new Promise((resolve) => {
    request({ socketPath: folder.path(`servers/${name}.sock`), agent: false }, (response) => {
      let text = "";
      response.on("data", (part) => {
        text += String(part);
      });
      response.on("end", () => resolve(JSON.parse(text) as Echo));
    })
      .on("error", () => resolve(undefined))
      .end();
  });
}

/** Looks until there is something to see; the test's own time limit is what ends it otherwise. */
export async function until<Result>(look: () => Result | undefined | Promise<Result | undefined>): Promise<Result> {
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    await sleep(10);
  }
}

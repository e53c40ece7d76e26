import { createHash, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { dirname, join } from "node:path";
import { temporaryBeside, writeAtomic } from "./atomic-file.ts";
import { errorCode } from "./state-folder-error.ts";

/**
 * A name for this machine that stays over reboots: from /etc/machine-id, else generated once under XDG_STATE_HOME;
 * on other systems than Linux from the host name.
 */
export function readHostId(): string {
  if (process.platform !== "linux") return fingerprint(hostname());
  const machineId = readText("/etc/machine-id");
  // "uninitialized" stands in images that have not booted yet: machine-id(5).
  const usable = machineId !== undefined && /^[0-9a-f]{32}$/.test(machineId);
  return fingerprint(usable ? machineId : generatedId());
}

// machine-id(5) asks not to show the id itself, only a keyed hash of it.
const fingerprint = (id: string): string =>
  createHash("sha256").update(`model-lifecycle:${id}`).digest("hex").slice(0, 16);

function generatedId(): string {
  const stateHome = process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state");
  const path = join(stateHome, "model-lifecycle", "host-id");
  const known = readText(path);
  if (known !== undefined) return known;
  mkdirSync(dirname(path), { recursive: true });
  const candidate = temporaryBeside(path);
  writeAtomic(candidate, randomUUID());
  try {
    // A link never replaces: of two processes that come first, both use the same id.
    linkSync(candidate, path);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  } finally {
    rmSync(candidate, { force: true });
  }
  return readFileSync(path, "utf8").trim();
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

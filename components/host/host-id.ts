import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** Begins the id of a machine without a machine-id, such as a container, which may be replaced by another one. */
const passing = "name-";

/** A name for this machine: from /etc/machine-id, which stays as long as the machine does; else from the host name. */
export function readHostId(): string {
  const machineId = process.platform === "linux" ? readMachineId() : undefined;
  return machineId === undefined ? `${passing}${fingerprint(hostname())}` : fingerprint(machineId);
}

/** False for a machine that is known by its host name alone: the same one may have had another name, or another one this name. */
export const isLasting = (hostId: string): boolean => !hostId.startsWith(passing);

// machine-id(5) asks not to show the id itself, only a keyed hash of it.
const fingerprint = (id: string): string =>
  createHash("sha256").update(`model-lifecycle:${id}`).digest("hex").slice(0, 16);

function readMachineId(): string | undefined {
  try {
    const id = readFileSync("/etc/machine-id", "utf8").trim();
    // "uninitialized" stands in images that have not booted yet: machine-id(5).
    return /^[0-9a-f]{32}$/.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

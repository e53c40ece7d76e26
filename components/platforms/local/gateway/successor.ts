import type { Server } from "node:http";
import type { StateFolder } from "../state-folder/folder.ts";
import { socketsVariable } from "../state-folder/process-environment.ts";
import { launch } from "../supervisor/launch.ts";
import { readSpec } from "../supervisor/process-spec.ts";
import { type GatewayArguments, parseArguments } from "./arguments.ts";

/** The listening sockets of a gateway, as file descriptors. */
export interface Sockets {
  readonly data: number;
  readonly admin: number;
}

/**
 * Starts the gateway that is wanted in the place of this one and gives it the listening sockets. Both accept from the same
 * queue until this one closes, so that no connection is lost, not even one that nobody has taken yet.
 * @returns its pid; undefined when no other one is wanted, or it is to listen elsewhere
 */
export function startSuccessor(
  folder: StateFolder,
  own: GatewayArguments,
  servers: readonly Server[],
): number | undefined {
  const spec = readSpec(folder, `gateway-${own.endpoint}`);
  if (spec === undefined || spec.instance === own.instance) return undefined;
  const { port, adminPort } = parseArguments(spec.args);
  const sockets = servers.flatMap(socketOf);
  if (port !== own.port || adminPort !== own.adminPort || sockets.length < servers.length) return undefined;
  return launch(folder, spec, { takeover: true, sockets }).pid;
}

/** What the gateway that this one replaces gave it. */
export function inheritedSockets(): Sockets | undefined {
  const [data, admin] = (process.env[socketsVariable] ?? "").split(",").map(Number);
  return data !== undefined && admin !== undefined ? { data, admin } : undefined;
}

/** Node has no public word for the file descriptor that a server listens on. */
function socketOf(server: Server): readonly number[] {
  const handle: unknown = Reflect.get(server, "_handle");
  const isHandle = typeof handle === "object" && handle !== null && "fd" in handle;
  return isHandle && typeof handle.fd === "number" && handle.fd >= 0 ? [handle.fd] : [];
}

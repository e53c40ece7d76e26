import { type Address, listenersAt, readTcpListeners } from "../../../host/listeners.ts";
import { socketsHeldBy } from "../../../host/process-tree.ts";

/** Who listens at the address that a program was told. */
export type Proof =
  /** Its own processes, and nobody else. `isOpen`: other machines can reach it. */
  | { readonly kind: "own"; readonly isOpen: boolean }
  | { readonly kind: "nobody" }
  /** Somebody else, alone or beside it: whatever answers there may not be it. */
  | { readonly kind: "stranger" };

/** Whether every socket that listens at the address is held by one of these processes. */
export function proveListener(address: Address, members: readonly number[]): Proof {
  const listeners = listenersAt(address);
  if (listeners.length === 0) return { kind: "nobody" };
  const held = socketsHeldBy(members);
  if (!listeners.every(({ inode }) => held.has(inode))) return { kind: "stranger" };
  return { kind: "own", isOpen: listeners.some(({ isOpen }) => isOpen) };
}

/** The ports that these processes listen on: where a program is that does not do as it was told. */
export function portsOf(members: readonly number[]): readonly number[] {
  const held = socketsHeldBy(members);
  const ports = readTcpListeners().flatMap(({ inode, port }) => (port !== undefined && held.has(inode) ? [port] : []));
  return [...new Set(ports)].toSorted((a, b) => a - b);
}

/** The address as a person reads it. */
export const renderAddress = (address: Address): string =>
  "port" in address ? `127.0.0.1:${address.port}` : address.socket;

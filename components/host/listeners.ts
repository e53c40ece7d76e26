import { readFileSync } from "node:fs";

/** Where somebody may listen on this machine. */
export type Address =
  /** A port, on any address. */
  | { readonly port: number }
  /** The path of a Unix socket, as it was listened on. */
  | { readonly socket: string };

/** A socket that somebody listens on. */
export interface Listener {
  readonly inode: string;
  /** Absent for a Unix socket. */
  readonly port?: number;
  /** It can be reached from other machines. */
  readonly isOpen: boolean;
}

/** Who listens at an address: more than one where they share a port. Linux only (proc_net(5)). */
export const listenersAt = (address: Address): readonly Listener[] =>
  "port" in address
    ? readTcpListeners().filter(({ port }) => port === address.port)
    : readUnixListeners(address.socket);

const LISTENING = "0A";
const loopback: ReadonlySet<string> = new Set(["0100007F", "00000000000000000000000001000000"]);

/** Every TCP socket of this machine that somebody listens on. */
export function readTcpListeners(): readonly Listener[] {
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) =>
    linesOf(file).flatMap((line): readonly Listener[] => {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      const [address = "", port = ""] = local.split(":");
      // 127.0.0.0/8 is written with its bytes turned round.
      const isOpen = !loopback.has(address) && !(address.length === 8 && address.endsWith("7F"));
      return state === LISTENING ? [{ inode, port: Number.parseInt(port, 16), isOpen }] : [];
    }),
  );
}

const ACCEPTS_CONNECTIONS = 0x10000;

function readUnixListeners(socket: string): readonly Listener[] {
  return linesOf("/proc/net/unix").flatMap((line): readonly Listener[] => {
    const [, , , flags = "", , , inode = "", ...path] = line.split(/\s+/);
    const listens = (Number.parseInt(flags, 16) & ACCEPTS_CONNECTIONS) !== 0;
    return listens && path.join(" ") === socket ? [{ inode, isOpen: false }] : [];
  });
}

/** Behind the line of headings; none where the machine has no such file. */
function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, "latin1").split("\n").slice(1);
  } catch {
    return [];
  }
}

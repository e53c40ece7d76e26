import type { Server } from "node:http";
import { createServer as createTcpServer } from "node:net";

const LOOPBACK = "127.0.0.1";

/** Somebody else holds a port. */
export class PortTaken extends Error {}

/** Where a server is to listen. */
export interface Listening {
  readonly port: number;
  /** Another process serves there until this one does. */
  readonly takeover: boolean;
  /** Its listening socket. @default - a socket of its own beside it */
  readonly socket?: number | undefined;
}

/**
 * Makes a server listen, next to the process that it replaces when there is one. Two processes can share a port only
 * when both ask for it, which would also let a stranger in; so without a process to replace the port must be free.
 * @throws PortTaken
 */
export async function listen(server: Server, { port, takeover, socket }: Listening): Promise<void> {
  if (!takeover) await checkFree(port);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(explain(port, error)));
    // Linux alone spreads connections over processes; elsewhere the old one keeps them until it closes.
    const own = { host: LOOPBACK, port, reusePort: process.platform === "linux" };
    server.listen(socket === undefined ? own : { fd: socket }, resolve);
  });
}

async function checkFree(port: number): Promise<void> {
  const probe = createTcpServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", (error) => reject(explain(port, error)));
    probe.listen({ host: LOOPBACK, port, exclusive: true }, resolve);
  });
  await new Promise<void>((resolve) => probe.close(() => resolve()));
}

function explain(port: number, error: NodeJS.ErrnoException): Error {
  if (error.code !== "EADDRINUSE") return error;
  return new PortTaken(
    `port ${port} of ${LOOPBACK} is held by another process; stop it, or give the endpoint another port`,
  );
}

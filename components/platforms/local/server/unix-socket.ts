import { once } from "node:events";
import { lstat, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { connect } from "node:net";

/**
 * Listens on a Unix domain socket and takes the place of one that a killed process left behind.
 * @throws Error when another process answers there, or the path is something else than a socket
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  try {
    await listen(server, path);
  } catch (error) {
    if (!isCode(error, "EADDRINUSE")) throw error;
    await removeStaleSocket(path);
    await listen(server, path);
  }
}

/** Finishes what is in flight, then closes; after `graceMs` the connections that are left are cut. */
export async function drain(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(cut);
}

async function listen(server: Server, path: string): Promise<void> {
  server.listen(path);
  await once(server, "listening");
}

async function removeStaleSocket(path: string): Promise<void> {
  if (!(await lstat(path)).isSocket()) throw new Error(`${path} exists and is not a socket`);
  if (await answers(path)) throw new Error(`another process serves on ${path}`);
  await rm(path, { force: true });
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

import { once } from "node:events";
import { lstat, rename, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { connect } from "node:net";
import { errorCode } from "../../../host/host-error.ts";

/**
 * Listens on a Unix domain socket, in the place of one that a killed process left behind. With `takeover`, a process that
 * serves there still does so until this one listens, and keeps the connections it has.
 *
 * The socket is made beside the path and renamed onto it: nobody finds the path empty, and a predecessor that ends
 * removes the name it listened on, which is no longer this one.
 * @returns removes the socket, unless it is a successor's by now
 * @throws Error when another process answers there and is not to be replaced, or the path is something else than a socket
 */
export async function listenOnSocket(
  server: Server,
  path: string,
  { takeover }: { readonly takeover: boolean },
): Promise<() => Promise<void>> {
  await checkPlace(path, takeover);
  const own = `${path}.${process.pid}`;
  server.listen(own);
  await once(server, "listening");
  const { ino } = await lstat(own);
  await rename(own, path);
  return async () => {
    const there = await lstat(path).catch(() => undefined);
    if (there?.ino === ino) await rm(path, { force: true });
  };
}

/** Finishes what is in flight, then closes; after `graceMs` the connections that are left are cut. */
export async function drain(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(cut);
}

async function checkPlace(path: string, takeover: boolean): Promise<void> {
  const there = await lstat(path).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (there === undefined) return;
  if (!there.isSocket()) throw new Error(`${path} exists and is not a socket`);
  if (!takeover && (await answers(path))) throw new Error(`another process serves on ${path}`);
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

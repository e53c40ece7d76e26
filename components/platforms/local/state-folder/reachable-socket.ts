import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What the path of a Unix socket may have at least everywhere (unix(7): 107 on Linux, 103 on macOS). */
const MOST_BYTES = 103;

/**
 * Uses a socket under a path with which it can be connected to from any working directory: a longer one gets a link in the
 * system's temporary folder for as long as that takes.
 * @throws Error that says what to set when no link can be made
 */
export async function withReachableSocket<Result>(
  socket: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  if (Buffer.byteLength(socket) <= MOST_BYTES) return use(socket);
  const directory = await linkTo(socket);
  try {
    return await use(join(directory, LINK));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const LINK = "s";

async function linkTo(socket: string): Promise<string> {
  try {
    const directory = await mkdtemp(join(tmpdir(), "mlc-"));
    await symlink(socket, join(directory, LINK));
    return directory;
  } catch (error) {
    throw new Error(
      `the path of the socket ${socket} has ${Buffer.byteLength(socket)} bytes; allowed are ${MOST_BYTES}, or more when a link to it can be made in ${tmpdir()}. Set TMPDIR to a folder that is there, or platform.stateFolder to a shorter place.`,
      { cause: error },
    );
  }
}

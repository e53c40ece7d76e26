import { createServer } from "node:net";

/** Below the ephemeral ranges of Linux and macOS, so that no outgoing connection owns one of them. */
const FIRST = 20_000;
const COUNT = 10_000;

/** The preferred port when it is free, else some free one from 20000 to 29999; loopback only. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  const start = Math.floor(Math.random() * COUNT);
  for (let offset = 0; offset < COUNT; offset++) {
    const port = FIRST + ((start + offset) % COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${FIRST} to ${FIRST + COUNT - 1}: stop something, or name a port`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ host: "127.0.0.1", port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

import type { RemoteFile } from "./remote.ts";

const EVERY_MS = 2_000;

/** Counts what arrives, and says from two seconds on how far it is. */
export function progressOf(
  name: string,
  files: readonly Pick<RemoteFile, "bytes">[],
  say: (sentence: string) => void = () => {},
): (bytes: number) => void {
  const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let [come, last] = [0, performance.now()];
  return (bytes) => {
    come += bytes;
    const now = performance.now();
    if (now - last < EVERY_MS) return;
    last = now;
    say(`fetching ${name}: ${megabytes(come)} of ${megabytes(all)} MB`);
  };
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

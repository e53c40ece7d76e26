import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** Path of a program of this platform: `.js` beside compiled code, `.ts` beside sources. */
export const entryPoint = (name: "gateway" | "server" | "companion"): string =>
  fileURLToPath(new URL(`../${name}/main${extname(import.meta.url)}`, import.meta.url));

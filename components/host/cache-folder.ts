import { homedir } from "node:os";
import { join } from "node:path";

/** Where what takes minutes to make outlives a clone and a stack: `$XDG_CACHE_HOME`, else `~/.cache`. @param what names its folder */
export const cacheFolder = (env: NodeJS.ProcessEnv, what: string): string =>
  join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "model-lifecycle", what);

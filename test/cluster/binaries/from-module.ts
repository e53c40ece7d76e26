import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../../../components/host/host-error.ts";
import { findGo, goBuild } from "../../../stacks/engine/go-build.ts";
import { findOnPath } from "../../../stacks/engine/installed.ts";
import type { NotMade } from "../../../stacks/engine/once.ts";
import type { Filling } from "./groups.ts";

const execute = promisify(execFile);
const DOWNLOAD_MILLISECONDS = 600_000;

/** A published module whose own go.mod has `replace` lines, so that it is built by itself. */
export interface PublishedModule {
  readonly program: string;
  /** `path@version`. */
  readonly module: string;
  /** The checksum of its content, as in a go.sum. Its own go.sum pins the rest. */
  readonly sum: string;
  /** Its main package, seen from its root. */
  readonly main: string;
}

interface Download {
  readonly folder: string;
  readonly sum: string;
}

/** Downloads the module, compares its checksum, and builds its program with its own go.mod. */
export const fromModule =
  ({ program, module, sum, main }: PublishedModule) =>
  async ({ folder, what, env, progress }: Filling): Promise<string | undefined> => {
    const downloaded = await download(module, folder, env);
    if ("refused" in downloaded) return downloaded.refused;
    if (downloaded.sum !== sum) return `${module} has the checksum ${downloaded.sum}, not ${sum}`;
    const go = await findGo(downloaded.folder, env);
    if ("refused" in go) return go.refused;
    const args = ["-ldflags", "-s -w", "-o", join(folder, program), main];
    return goBuild({ go: go.path, module: downloaded.folder, args, what, env, progress });
  };

async function download(module: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Download | NotMade> {
  const [go] = findOnPath("go", env);
  if (go === undefined) return { refused: "no go on PATH" };
  try {
    const options = { cwd, env: { ...env, GOWORK: "off" }, timeout: DOWNLOAD_MILLISECONDS };
    const { stdout } = await execute(go, ["mod", "download", "-json", module], options);
    const { Dir, Sum } = JSON.parse(stdout) as { readonly Dir: string; readonly Sum: string };
    return { folder: Dir, sum: Sum };
  } catch (error) {
    return { refused: messageOf(error).trim() };
  }
}

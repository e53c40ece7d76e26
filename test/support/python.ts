import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/** A Python 3.12 with the packages of a list, from PyPI, built once for each list and kept. @param requirements the list's file */
export function pythonOf(requirements: string): string {
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 16);
  const folder = path.join(homedir(), ".cache/model-lifecycle/libraries", hash);
  const python = path.join(folder, "bin/python");
  const built = path.join(folder, "built");
  if (existsSync(built)) return python;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.dirname(folder), { recursive: true });
  const [found = "python3.12"] = globSync(
    path.join(process.env.PYENV_ROOT ?? path.join(homedir(), ".pyenv"), "versions/3.12.*/bin/python3.12"),
  );
  execFileSync(found, ["-m", "venv", folder]);
  execFileSync(python, ["-m", "pip", "install", "--quiet", "--only-binary", ":all:", "-r", requirements], {
    stdio: "inherit",
  });
  writeFileSync(built, "");
  return python;
}

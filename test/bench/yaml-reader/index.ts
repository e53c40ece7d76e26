import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goModule } from "../../../stacks/engine/cache.ts";

/** What the engine makes of a file. */
export interface Reading {
  /** Why it refuses it. */
  readonly error?: string;
  /** The file's whole data. */
  readonly document?: unknown;
  /** Each value of the configuration as a program gets it. */
  readonly config?: Readonly<Record<string, string>>;
}

/** The engine's own reading of stacks' files: its code, built from the modules that the engine is built from. */
export interface EngineReader {
  read(texts: readonly string[]): readonly Reading[];
  /** Takes the program away. */
  remove(): void;
}

/** Builds the reader; takes a minute the first time. @throws where there is no Go. */
export function buildReader(): EngineReader {
  const folder = mkdtempSync(join(tmpdir(), "yaml-reader-"));
  const program = join(folder, "yaml-reader");
  execFileSync("go", ["build", `-modfile=${join(goModule, "go.mod")}`, "-o", program, "."], {
    cwd: import.meta.dirname,
    env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return {
    read(texts) {
      const input = texts.map((text) => `${JSON.stringify(text)}\n`).join("");
      const output = execFileSync(program, { input, encoding: "utf8", maxBuffer: 1 << 30 });
      return output
        .trim()
        .split("\n")
        .map((line): Reading => JSON.parse(line));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";

export const engineModule: string = resolve(import.meta.dirname, "../../../stacks/engine/index.ts");

/** A home folder and a PATH of their own, removed when the test ends. */
export interface FakeMachine {
  readonly root: string;
  readonly env: { readonly [name: string]: string };
  /** Folder of the built engines, where findEngine looks by default. */
  readonly cacheRoot: string;
  /** Writes an executable shell script; `place` is below the machine's root. */
  script(place: string, ...lines: readonly string[]): string;
  /** A `pulumi` that tells this version. */
  pulumi(place: string, version: string): string;
  /** A `go` whose builds write their process id to `builds()`, then wait for `openGate()`. */
  go(options?: { readonly version?: string; readonly builds?: string }): void;
  builds(): readonly number[];
  openGate(): void;
}

export function fakeMachine(): FakeMachine {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "engine-test-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  const log = join(root, "builds.log");
  const gate = join(root, "gate");

  const script: FakeMachine["script"] = (place, ...lines) => {
    const path = join(root, place);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, ["#!/bin/sh", ...lines, ""].join("\n"), { mode: 0o755 });
    return path;
  };
  return {
    root,
    env: { HOME: root, PATH: join(root, "bin") },
    cacheRoot: join(root, ".cache/model-lifecycle/engine"),
    script,
    pulumi: (place, version) => script(place, `echo v${version}`),
    go: ({ version = "1.26.0", builds = "3.259.0" } = {}) =>
      script(
        "bin/go",
        `if [ "$1" = version ]; then echo "go version go${version} linux/amd64"; exit; fi`,
        `echo $$ >> ${log}`,
        `echo "go: downloading example.org/module v1.0.0" >&2`,
        `echo example.org/module/package >&2`,
        `while [ ! -e ${gate} ]; do /bin/sleep 0.05; done`,
        `while [ "$1" != -o ]; do shift; done`,
        `printf '#!/bin/sh\\necho v${builds}\\n' > "$2" && /bin/chmod 755 "$2"`,
      ),
    builds: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").map(Number) : []),
    openGate: () => writeFileSync(gate, ""),
  };
}

/** A process of its own that looks for an engine; its progress lines, then its result as JSON, come on stdout. */
export function seeker(machine: FakeMachine): Seeker {
  const program = `
    const { findEngine } = await import(${JSON.stringify(engineModule)});
    const engine = await findEngine({ progress: (line) => console.log(line) });
    console.log(JSON.stringify(engine));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    env: machine.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return {
    child,
    lines: () => output.split("\n").filter((line) => line !== ""),
    result: async () => {
      if (child.exitCode === null && child.signalCode === null) await once(child, "close");
      return JSON.parse(output.trim().split("\n").at(-1) ?? "");
    },
  };
}

export interface Seeker {
  readonly child: ChildProcess;
  lines(): readonly string[];
  result(): Promise<unknown>;
}

/** Waits for a condition without a deadline of its own: the test's time limit is the deadline. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

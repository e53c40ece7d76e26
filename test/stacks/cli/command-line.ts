import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { hashDirectory } from "../../../components/sources/index.ts";
import { starterModel } from "../../../stacks/cli/starters/local.ts";

export const mlc: string = resolve(import.meta.dirname, "../../../dist/stacks/cli/mlc.js");

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The one object that `--json` prints; fails when there is anything else on stdout. */
export const jsonOf = ({ stdout }: Run): Readonly<Record<string, unknown>> => JSON.parse(stdout);

/** A project in a folder of its own with versions v1 and v2, and `mlc` as a real process in it. */
export interface CommandLine extends AsyncDisposable {
  readonly root: string;
  readonly stateFolder: string;
  readonly configuration: string;
  read(path: string): string;
  write(path: string, content: string): void;
  run(...args: readonly string[]): Promise<Run>;
  /** With more environment than a PATH without any engine. */
  runWith(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Run>;
  /** Puts a `pulumi` on the PATH of `runWith({ PATH })` that runs this script; gives the PATH. */
  fakeEngine(script: string): string;
}

export interface Settings {
  /** Lines below `rollout:`, beside stable. */
  readonly rollout?: readonly string[];
  /** Lines behind the rollout. */
  readonly more?: readonly string[];
}

export const stack = "dev";

export async function createCommandLine(settings: Settings = {}): Promise<CommandLine> {
  const root = mkdtempSync(join(tmpdir(), "mlc-cli-"));
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  for (const [path, content] of Object.entries(starterModel)) write(path, content);
  cpSync(join(root, "models/v1"), join(root, "models/v2"), { recursive: true });
  write("models/v2/weights.json", JSON.stringify({ intercept: 0.1, trees: [{ value: 0.3 }] }));
  write("Pulumi.yaml", "name: approval\nruntime: nodejs\n");
  const configuration = `Pulumi.${stack}.yaml`;
  write(
    configuration,
    renderStack(await hashDirectory(join(root, "models/v1")), await hashDirectory(join(root, "models/v2")), settings),
  );
  const runWith = (env: NodeJS.ProcessEnv, ...args: readonly string[]) => start(root, env, args);
  return {
    root,
    stateFolder: join(root, ".local/state/model-lifecycle/approval", stack),
    configuration,
    read: (path) => readFileSync(join(root, path), "utf8"),
    write,
    run: (...args) => runWith({}, ...args),
    runWith,
    fakeEngine(script) {
      const folder = join(root, "bin");
      mkdirSync(folder, { recursive: true });
      const launcher = join(folder, "pulumi");
      writeFileSync(join(folder, "pulumi.mjs"), script);
      writeFileSync(launcher, `#!/bin/sh\nexec "${process.execPath}" "${launcher}.mjs" "$@"\n`);
      chmodSync(launcher, 0o755);
      return `${folder}:/usr/bin:/bin`;
    },
    [Symbol.asyncDispose]: async () => rmSync(root, { recursive: true, force: true }),
  };
}

const renderStack = (
  v1: string,
  v2: string,
  { rollout = [], more = [] }: Settings,
): string => `# The stack that the tests edit.
config:
  model-lifecycle:release:
    model: { name: approval, owner: risk-team, riskTier: low }
    platform: { kind: local }

    versions: # by name
      v1:
        source: { kind: path, path: models/v1, sha256: "${v1}" }
      v2:
        source: { kind: path, path: models/v2, sha256: "${v2}" } # new
    rollout:
      stable: v1   # serves
${rollout.map((line) => `      ${line}\n`).join("")}      # how the candidate climbs
      steps: ["5%", '50%', "100%"]
      guards:
        - { metric: errorRate, margin: "0.5pp" } # points
${more.map((line) => `    ${line}\n`).join("")}  other:key: kept
`;

function start(root: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [mlc, ...args], {
    cwd: existsSync(root) ? root : tmpdir(),
    env: { PATH: "/nowhere", HOME: root, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
}

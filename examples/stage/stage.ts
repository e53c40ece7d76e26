import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

/** A directory of a demo's own, as a user's project would look: the example's files and an installed package. */
export interface Stage {
  readonly dir: string;
  readonly stack: string;
  /** The name of the example's folder, and in its Pulumi.yaml. */
  readonly project: string;
  /** What the example calls what it serves. */
  readonly endpoint: string;
  /** The kind of platform that its stack names. */
  readonly platform: string;
  /** What else of it the command line would read in the stack's file: namespace, context. */
  readonly settings: Readonly<Record<string, string>>;
  readonly stateDir: string;
  readonly packageRoot: string;
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

/** What is to be played, and where. */
export interface StageChoice extends Pick<Stage, "project" | "endpoint"> {
  /** @default "demo" */
  readonly stack?: string;
  /** @default "local" */
  readonly platform?: string;
  /** @default none */
  readonly settings?: Stage["settings"];
  /** Packages of the engine that the program needs beside `@pulumi/pulumi`. @default none */
  readonly packages?: readonly string[];
  /** What the engine and the command line are told besides. @default nothing */
  readonly env?: NodeJS.ProcessEnv;
}

/** Copies an example's project to where it can be played; its models are trained into `models` there. */
export function setStage(choice: StageChoice): Stage {
  const { project, endpoint, stack = "demo", platform = "local", settings = {}, packages = [], env = {} } = choice;
  const packageRoot = findPackageRoot();
  const dir = mkdtempSync(path.join(tmpdir(), "mlc-demo-"));
  const example = path.join(packageRoot, "dist/examples", project);
  for (const file of ["Pulumi.yaml", `Pulumi.${stack}.yaml`, "index.ts", "package.json"]) {
    cpSync(path.join(example, file), path.join(dir, file));
  }
  link(packageRoot, path.join(dir, "node_modules/pulumi-model-lifecycle"));
  const installed = createRequire(path.join(packageRoot, "package.json"));
  for (const name of ["@pulumi/pulumi", ...packages]) {
    link(path.dirname(installed.resolve(`${name}/package.json`)), path.join(dir, "node_modules", name));
  }
  const home = path.join(dir, ".pulumi");
  mkdirSync(path.join(home, "backend"), { recursive: true });
  const state = path.join(dir, ".state");
  return {
    dir,
    ...{ stack, project, endpoint, platform, settings },
    stateDir: path.join(state, "model-lifecycle", project, stack),
    packageRoot,
    env: {
      ...process.env,
      // The engine's plugins and programs run on the Node that runs this.
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ""}`,
      PULUMI_HOME: home,
      XDG_STATE_HOME: state,
      PULUMI_BACKEND_URL: `file://${home}/backend`,
      PULUMI_CONFIG_PASSPHRASE: "demo",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DEBUG_COMMANDS: "true",
      ...env,
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** The folder of this package. */
export function findPackageRoot(): string {
  for (let dir = import.meta.dirname; dir !== path.dirname(dir); dir = path.dirname(dir)) {
    if (!readdirSync(dir).includes("package.json")) continue;
    const { name } = JSON.parse(readFileSync(path.join(dir, "package.json"), "utf8")) as { readonly name?: string };
    if (name === "pulumi-model-lifecycle") return dir;
  }
  throw new Error(`${import.meta.dirname} is not part of the package pulumi-model-lifecycle`);
}

function link(target: string, at: string): void {
  mkdirSync(path.dirname(at), { recursive: true });
  symlinkSync(target, at, "dir");
}

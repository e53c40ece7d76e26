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
  readonly stateDir: string;
  readonly packageRoot: string;
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

/** Copies an example's project to where it can be played; its models are trained into `models` there. */
export function setStage({ project, endpoint }: Pick<Stage, "project" | "endpoint">): Stage {
  const packageRoot = findPackageRoot();
  const dir = mkdtempSync(path.join(tmpdir(), "mlc-demo-"));
  const example = path.join(packageRoot, "dist/examples", project);
  for (const file of ["Pulumi.yaml", "Pulumi.demo.yaml", "index.ts", "package.json"]) {
    cpSync(path.join(example, file), path.join(dir, file));
  }
  link(packageRoot, path.join(dir, "node_modules/pulumi-model-lifecycle"));
  const pulumi = createRequire(path.join(packageRoot, "package.json")).resolve("@pulumi/pulumi/package.json");
  link(path.dirname(pulumi), path.join(dir, "node_modules/@pulumi/pulumi"));
  const home = path.join(dir, ".pulumi");
  mkdirSync(path.join(home, "backend"), { recursive: true });
  const state = path.join(dir, ".state");
  return {
    dir,
    stack: "demo",
    project,
    endpoint,
    stateDir: path.join(state, "model-lifecycle", project, "demo"),
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
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function findPackageRoot(): string {
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

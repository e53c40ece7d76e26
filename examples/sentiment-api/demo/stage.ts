import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { trainSentiment } from "../training/train.ts";

/** A directory of the demo's own, as a user's project would look: the example's files, an installed package, models. */
export interface Stage {
  readonly dir: string;
  readonly stack: string;
  readonly stateDir: string;
  readonly packageRoot: string;
  readonly env: NodeJS.ProcessEnv;
  /** Which model lies under which name: the same word twice unless the names were drawn. */
  readonly cast: Readonly<Record<CandidateName, Behaviour>>;
  remove(): void;
}

export const candidates = ["v2", "v3-crash", "v3-skew"] as const;
export type CandidateName = (typeof candidates)[number];
export type Behaviour = "good" | "crash" | "skew";

const behaviourOf: Readonly<Record<CandidateName, Behaviour>> = { v2: "good", "v3-crash": "crash", "v3-skew": "skew" };
const trainingSeed = 7;

/** @param seed draws which model comes under which name; absent, each comes under its own. */
export function setStage(seed: number | undefined): Stage {
  const packageRoot = findPackageRoot();
  const dir = mkdtempSync(path.join(tmpdir(), "mlc-demo-"));
  const project = path.join(packageRoot, "dist/examples/sentiment-api");
  for (const file of ["Pulumi.yaml", "Pulumi.demo.yaml", "index.ts", "package.json"]) {
    cpSync(path.join(project, file), path.join(dir, file));
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
    stateDir: path.join(state, "model-lifecycle/sentiment-api/demo"),
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
    cast: trainCast(path.join(dir, "models"), seed),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function trainCast(models: string, seed: number | undefined): Stage["cast"] {
  const scratch = path.join(models, ".training");
  trainSentiment(scratch, { seed: trainingSeed });
  const drawn = seed === undefined ? candidates : draw(candidates, seed);
  renameSync(path.join(scratch, "v1"), path.join(models, "v1"));
  candidates.forEach((name, index) => {
    renameSync(path.join(scratch, drawn[index] ?? name), path.join(models, name));
  });
  // One more good version, from other training data, for the part that is done by hand.
  trainSentiment(scratch, { seed: trainingSeed + 1 });
  renameSync(path.join(scratch, "v2"), path.join(models, "v4"));
  rmSync(scratch, { recursive: true });
  const entries = candidates.map((name, index) => [name, behaviourOf[drawn[index] ?? name]] as const);
  return Object.fromEntries(entries) as Record<CandidateName, Behaviour>;
}

/** Fisher-Yates with a multiplicative generator (Lehmer, modulus 2^31 - 1). */
function draw<T>(items: readonly T[], seed: number): readonly T[] {
  const drawn = [...items];
  let state = (Math.abs(Math.trunc(seed)) % 2_147_483_646) + 1;
  for (let last = drawn.length - 1; last > 0; last--) {
    state = (state * 48_271) % 2_147_483_647;
    const other = state % (last + 1);
    [drawn[last], drawn[other]] = [drawn[other] as T, drawn[last] as T];
  }
  return drawn;
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

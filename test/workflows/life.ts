import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { placeOf } from "../../components/platforms/local/state-folder/place.ts";
import { findEngine } from "../../stacks/engine/index.ts";
import { installPackage, must } from "../package/installed.ts";
import { predict, processesOf } from "../support/serving.ts";
import type { Command, Ran } from "./steps.ts";

// Every command of the workflows, in the order of a model's life, each workflow in a fresh clone, without a terminal.

/** The stack of the life. */
export const STACK = "prod";

/** A system that runs workflows, with stand-ins for what of it is not here. */
export interface System<Step extends Command> {
  readonly name: "github" | "gitlab";
  /** Puts its stand-ins below a folder, in which the repository will be `origin.git`; gives the variables that it has for every job. */
  readonly prepare: (root: string) => Promise<NodeJS.ProcessEnv>;
  /** What a workflow runs in a clone. */
  readonly stepsOf: (clone: string, workflow: string) => readonly Step[];
  readonly run: (steps: readonly Step[], clone: string, env: NodeJS.ProcessEnv) => Promise<readonly Ran[]>;
  /** All that was told in the one place that people read. */
  readonly notes: () => string;
  /** All that was proposed to people. */
  readonly proposals: () => string;
  /** The branch that the first conclusion is proposed on. */
  readonly branch: string;
}

/** Plays the life. */
export function playLife<Step extends Command>(system: System<Step>): void {
  /** Run in the first clone alone: the lock is the same in all, and so is what it brings. */
  const INSTALL = "npm ci";
  let root: string;
  let env: NodeJS.ProcessEnv;
  const executed = new Set<string>();

  const at = (...parts: readonly string[]): string => path.join(root, ...parts);
  const git = (cwd: string, ...args: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      cwd,
      env,
      encoding: "utf8",
    });
  const mlc = (...args: readonly string[]): Promise<string> => must("node_modules/.bin/mlc", args, at("work"), env);
  const releaseOn = (branch: string) =>
    parse(git(at("origin.git"), "show", `${branch}:Pulumi.${STACK}.yaml`)).config["model-lifecycle:release"];

  /** Runs a workflow on a commit or branch, as a runner finds it. */
  async function runOn(ref: string, name: string): Promise<readonly Ran[]> {
    // A runner of one's own has one place for a repository.
    const clone = at("workspace");
    const modules = path.join(clone, "node_modules");
    if (existsSync(modules)) renameSync(modules, at("modules"));
    rmSync(clone, { recursive: true, force: true });
    git(root, "clone", "--quiet", at("origin.git"), clone);
    git(clone, "checkout", "--quiet", ref);
    let steps = system.stepsOf(clone, name);
    if (existsSync(at("modules"))) {
      renameSync(at("modules"), modules);
      steps = steps.filter(({ run }) => run !== INSTALL);
    }
    const ran = await system.run(steps, clone, env);
    for (const { command } of ran) executed.add(command);
    return ran;
  }

  /** The steps that failed, with what they said. */
  const failedIn = (ran: readonly Ran[]): readonly Ran[] => ran.filter(({ code }) => code !== 0);

  function commitToMain(message: string): string {
    git(at("work"), "add", "--all");
    git(at("work"), "commit", "--quiet", "--message", message);
    git(at("work"), "push", "--quiet", "origin", "HEAD:main");
    return git(at("work"), "rev-parse", "HEAD").trim();
  }

  /** Clients, until what is waited for has come. */
  async function whileAsked<Result>(work: Promise<Result>): Promise<Result> {
    let goesOn = true;
    const ended = work.finally(() => {
      goesOn = false;
    });
    const applicant = { features: { income_k: 30, debt_ratio: 0.1 } };
    const { path: engine } = await findEngine();
    const url = (await must(engine, ["stack", "output", "url", "--stack", STACK], at("work"), env)).trim();
    while (goesOn) {
      await Promise.all(Array.from({ length: 8 }, () => predict(url, applicant).catch(() => undefined)));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return ended;
  }

  beforeAll(async () => {
    root = mkdtempSync(path.join(tmpdir(), "mlc-workflows-"));
    const engine = await findEngine();
    env = {
      ...process.env,
      HOME: at("home"),
      XDG_STATE_HOME: at("state"),
      PULUMI_HOME: at("pulumi"),
      PULUMI_BACKEND_URL: `file://${at("backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      npm_config_cache: execFileSync("npm", ["config", "get", "cache"], { encoding: "utf8" }).trim(),
      NO_COLOR: "1",
    };
    for (const folder of ["home", "work", "bin", "backend", "pulumi"]) mkdirSync(at(folder));
    git(root, "init", "--quiet", "--bare", "--initial-branch=main", at("origin.git"));
    Object.assign(env, await system.prepare(root));
    git(at("work"), "init", "--quiet", "--initial-branch=main");
    git(at("work"), "remote", "add", "origin", at("origin.git"));
    await installPackage(at("work"), env);
    // Later in PATH than Node: what a runner has installed.
    env.PATH = [env.PATH, path.dirname(engine.path), at("bin")].join(path.delimiter);
    await mlc("init", "--stack", STACK, "--json");
    expect(await mlc("init", "ci", system.name)).toContain("  npm install --save-dev @pulumi/policy\n");
    await must("npm", ["install", "--save-dev", "--prefer-offline", "@pulumi/policy"], at("work"), env);
    await must(engine.path, ["stack", "init", STACK], at("work"), env);
    writeFileSync(at("work/.gitattributes"), "*.tgz binary\n");
    for (const name of ["now", "then"]) {
      const rows = Array.from({ length: 200 }, (_, row) => `${row % 17},${(row * 7) % 13}`);
      writeFileSync(at(`work/${name}.csv`), ["income_k,debt_ratio", ...rows].join("\n"));
    }
    edit((release) => {
      release.rollout = {
        ...{ stable: "v1", steps: ["50%", "100%"], bake: "2 seconds", warmUp: "1 second", holdBack: "1%" },
        ...{ guards: [{ metric: "errorRate", margin: "20pp" }], onInconclusive: "hold" },
      };
    });
  }, 300_000);

  afterAll(async () => {
    const engine = await findEngine();
    await must(engine.path, ["destroy", "--yes", "--stack", STACK], at("work"), env);
    expect(processesOf(placeOf({ project: "work", stack: STACK, root: at("work"), env }).path)).toEqual([]);
    rmSync(root, { recursive: true, force: true });
  }, 120_000);

  // biome-ignore lint/suspicious/noExplicitAny: a document that is edited as text is.
  function edit(change: (release: any) => void): void {
    const file = at(`work/Pulumi.${STACK}.yaml`);
    const document = parse(readFileSync(file, "utf8"));
    change(document.config["model-lifecycle:release"]);
    writeFileSync(file, stringify(document, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" }));
  }

  async function addVersion(name: string, intercept: number): Promise<void> {
    mkdirSync(at("work/models", name));
    const manifest = JSON.parse(readFileSync(at("work/models/v1/model.json"), "utf8"));
    writeFileSync(at("work/models", name, "model.json"), JSON.stringify({ ...manifest, version: name }));
    writeFileSync(at("work/models", name, "weights.json"), JSON.stringify({ intercept, trees: [{ value: 0.1 }] }));
    edit((release) => {
      release.versions[name] = { source: { kind: "path", path: `models/${name}`, sha256: "" } };
    });
    await mlc("pin", name, "--yes");
  }

  test("a model's life, by its workflows alone", { timeout: 1_200_000 }, async () => {
    // The first deployment: there is no rollout to conclude.
    const first = commitToMain("Serve v1");
    expect(failedIn(await runOn("main", "deploy"))).toEqual([]);
    expect([system.notes(), system.proposals()]).toEqual(["", ""]);

    // A version goes on trial: the pull request is told what it changes.
    git(at("work"), "switch", "--quiet", "--create", "trial");
    await addVersion("v2", -0.4);
    await mlc("start", "v2", "--weight", "100%", "--no-up", "--yes");
    git(at("work"), "add", "--all");
    git(at("work"), "commit", "--quiet", "--message", "Try v2");
    git(at("work"), "push", "--quiet", "origin", "trial");
    expect(failedIn(await runOn("trial", "review"))).toEqual([]);
    expect(system.notes()).toContain("\n## approval on prod\n");
    expect(system.notes()).toContain("- v2 is a new version\n- v2 goes on trial beside v1, up to 100%\n");
    expect(system.notes()).toMatch(/^\+ +candidate: v2$/m);
    expect(system.notes()).toContain(
      "| create | `ModelServer` | `approval-v2-server` |\n| update | `Route` | `approval-route` |\n",
    );
    expect(system.notes()).toContain("✓ it takes and gives what v1 does");

    // Merged, it is deployed and watched; its promotion is a pull request of its own.
    git(at("work"), "switch", "--quiet", "main");
    git(at("work"), "merge", "--quiet", "--no-ff", "--message", "Merge v2", "trial");
    git(at("work"), "push", "--quiet", "origin", "main");
    expect(failedIn(await whileAsked(runOn("main", "deploy")))).toEqual([]);
    expect(system.proposals()).not.toBe("");
    expect(releaseOn(system.branch).rollout).toMatchObject({ stable: "v2", previous: "v1" });
    expect(releaseOn("main").rollout).toMatchObject({ stable: "v1", candidate: "v2" });

    git(at("work"), "fetch", "--quiet", "origin");
    git(at("work"), "merge", "--quiet", "--no-ff", "--message", "Merge the promotion", `origin/${system.branch}`);
    git(at("work"), "push", "--quiet", "origin", "main");
    expect(failedIn(await runOn("main", "deploy"))).toEqual([]);

    // Run again, an old commit stops before it deploys anything.
    const again = await runOn(first, "deploy");
    expect(failedIn(again).map(({ command }) => command)).toEqual([
      expect.stringContaining("git diff --stat --exit-code"),
    ]);
    expect(again.map(({ command }) => command)).not.toContainEqual(expect.stringContaining("pulumi up"));

    expect(failedIn(await runOn("main", "nightly"))).toEqual([]);

    // A bad version is on trial, and somebody pushes the button.
    await addVersion("v3", 2);
    await mlc("start", "v3", "--weight", "50%", "--no-up", "--yes");
    commitToMain("Try v3");
    await must("node_modules/.bin/mlc", ["validate"], at("work"), env);
    await must((await findEngine()).path, ["up", "--yes", "--stack", STACK], at("work"), env);
    expect(failedIn(await runOn("main", "rollback"))).toEqual([]);
    expect(releaseOn("main").rollout).toMatchObject({ stable: "v2" });
    expect(releaseOn("main").rollout.candidate).toBeUndefined();
    expect(git(at("origin.git"), "log", "-1", "--format=%s", "main")).toBe("Roll back on prod: it answers nonsense\n");

    // Nothing that a workflow runs was left out.
    const all = ["review", "deploy", "nightly", "rollback"].flatMap((name) =>
      system.stepsOf(at("work"), name).map(({ run }) => run),
    );
    expect([...executed].toSorted()).toEqual([...new Set(all)].toSorted());
  });
}

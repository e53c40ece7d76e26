import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "yaml";
import { findStateFolder } from "../../components/platforms/local/state-folder/folder.ts";
import { placeOf } from "../../components/platforms/local/state-folder/place.ts";
import { listSpecNames } from "../../components/platforms/local/supervisor/process-names.ts";
import { removeSpec, waitGone } from "../../components/platforms/local/supervisor/process-spec.ts";
import { findEngine } from "../../stacks/engine/index.ts";

export const repository: string = path.resolve(import.meta.dirname, "../..");

/** One step of the engine's plan that is not "same". */
export interface Change {
  readonly op: string;
  readonly type: string;
  readonly name: string;
  /** Input paths that differ, for an update. */
  readonly changed: readonly string[];
}

export interface Run {
  readonly code: number;
  readonly output: string;
  readonly changes: readonly Change[];
}

/** A user's project in a directory of its own, run by the real engine on a backend of its own. */
export interface Project extends AsyncDisposable {
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stack: string;
  /** The data plane's home. */
  readonly stateDir: string;
  write(file: string, content: string): void;
  /** Writes the stack's configuration. */
  configure(release: unknown): void;
  pulumi(...args: string[]): Promise<Run>;
  up(...args: string[]): Promise<Run>;
  preview(...args: string[]): Promise<Run>;
  destroy(): Promise<Run>;
  outputs(): Promise<Record<string, unknown>>;
}

/** A change as one line: `update Route sentiment-route: plan.weight`. */
export const lineOf = ({ op, type, name, changed }: Change): string =>
  `${op} ${type.split(":").at(-1)} ${name}${changed.length === 0 ? "" : `: ${changed.join(", ")}`}`;

/** What a run changed, in an order that does not depend on which of two steps was faster. */
export const linesOf = ({ changes }: Run): readonly string[] => changes.map(lineOf).toSorted();

const PROGRAM = `import { ModelEndpoint, readRelease } from "pulumi-model-lifecycle";
import { local } from "pulumi-model-lifecycle/platforms/local";

const release = readRelease();
export const url = new ModelEndpoint(release.model.name, { release, platform: local() }).url;
`;

export interface ProjectOptions {
  readonly program?: string;
  readonly stack?: string;
  /** Makes the project's files instead, and may change the environment. */
  readonly prepare?: (dir: string, env: NodeJS.ProcessEnv) => Promise<void>;
}

export async function createProject(options: ProjectOptions = {}): Promise<Project> {
  const { program = PROGRAM, stack = "dev", prepare } = options;
  const engine = await findEngine();
  const dir = mkdtempSync(path.join(tmpdir(), "mlc-"));
  const home = path.join(dir, ".pulumi");
  mkdirSync(path.join(home, "backend"), { recursive: true });
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${path.join(repository, "node_modules/.bin")}${path.delimiter}${process.env.PATH}`,
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${home}/backend`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DEBUG_COMMANDS: "true",
    NO_COLOR: "1",
    // Nothing of a test lands in the home of who runs it.
    XDG_STATE_HOME: path.join(dir, "state"),
  };
  const write = (file: string, content: string) => {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    writeFileSync(path.join(dir, file), content);
  };
  if (prepare) await prepare(dir, env);
  else writeProject(dir, write, program);

  const pulumi = async (...args: string[]): Promise<Run> => {
    const log = path.join(dir, `events-${Math.random().toString(36).slice(2)}.jsonl`);
    const withLog = ["up", "preview", "destroy", "refresh"].includes(args[0] ?? "");
    const { code, output } = await run(engine.path, [...args, ...(withLog ? ["--event-log", log] : [])], dir, env);
    return { code, output, changes: withLog ? changesIn(log) : [] };
  };
  const project: Project = {
    dir,
    env,
    stack,
    get stateDir() {
      return placeOf({ project: projectNameIn(dir), stack, root: dir, env }).path;
    },
    write,
    configure: (release) =>
      write(
        `Pulumi.${stack}.yaml`,
        stringify({ config: { "model-lifecycle:release": release } }, { defaultStringType: "QUOTE_DOUBLE" }),
      ),
    pulumi,
    up: (...args) => pulumi("up", "--yes", "--stack", stack, "--non-interactive", ...args),
    preview: (...args) => pulumi("preview", "--stack", stack, "--non-interactive", ...args),
    destroy: () => pulumi("destroy", "--yes", "--stack", stack, "--non-interactive"),
    outputs: async () =>
      JSON.parse((await pulumi("stack", "output", "--json", "--stack", stack)).output) as Record<string, unknown>,
    async [Symbol.asyncDispose]() {
      await project.destroy();
      await stopAll(project.stateDir);
      rmSync(dir, { recursive: true, force: true });
    },
  };
  const init = await pulumi("stack", "init", stack, "--non-interactive");
  if (init.code !== 0) throw new Error(init.output);
  return project;
}

const projectNameIn = (dir: string): string => String(parse(readFileSync(path.join(dir, "Pulumi.yaml"), "utf8")).name);

/** A project that runs this repository's build. */
function writeProject(dir: string, write: Project["write"], program: string): void {
  write("package.json", JSON.stringify({ name: "a-users-project", private: true, type: "module" }));
  write("index.ts", program);
  write(
    "Pulumi.yaml",
    stringify({
      name: "a-users-project",
      runtime: { name: "nodejs", options: { typescript: false } },
      main: "index.ts",
      plugins: {
        providers: [
          {
            name: "model-lifecycle-local",
            path: "node_modules/pulumi-model-lifecycle/dist/components/platforms/local/provider",
          },
        ],
      },
      options: { refresh: "always" },
    }),
  );
  linkThisRepository(dir);
}

/** Ends what a test left running on purpose, or because it failed. */
async function stopAll(stateDir: string): Promise<void> {
  const folder = findStateFolder(stateDir);
  if (folder === undefined) return;
  const names = listSpecNames(folder);
  for (const name of names) removeSpec(folder, name);
  await Promise.all(names.map((name) => waitGone(folder, name)));
}

/** What `npm install` would have put there, without copying it. */
function linkThisRepository(dir: string): void {
  mkdirSync(path.join(dir, "node_modules/@pulumi"), { recursive: true });
  symlinkSync(repository, path.join(dir, "node_modules/pulumi-model-lifecycle"), "dir");
  symlinkSync(
    path.join(repository, "node_modules/@pulumi/pulumi"),
    path.join(dir, "node_modules/@pulumi/pulumi"),
    "dir",
  );
}

export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, output }));
  });
}

interface StepState {
  readonly inputs?: Readonly<Record<string, unknown>>;
}

interface EngineEvent {
  readonly resourcePreEvent?: {
    readonly planning?: boolean;
    readonly metadata: {
      readonly op: string;
      readonly urn: string;
      readonly type: string;
      readonly old?: StepState;
      readonly new?: StepState;
    };
  };
}

const UNCHANGED = new Set(["same", "refresh", "read"]);

function changesIn(log: string): Change[] {
  // An engine that is refused at the stack's lock does not come so far as to write one.
  if (!existsSync(log)) return [];
  const events = readFileSync(log, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as EngineEvent);
  const steps = events.flatMap(({ resourcePreEvent: step }) =>
    step && !UNCHANGED.has(step.metadata.op) ? [step] : [],
  );
  // `up` without --skip-preview logs the plan as well as the deed.
  const done = steps.some(({ planning }) => !planning) ? steps.filter(({ planning }) => !planning) : steps;
  return done.map(({ metadata: { op, urn, type, old, new: now } }) => ({
    op,
    type,
    name: urn.split("::").at(-1) ?? urn,
    changed: op === "update" ? changedPaths(old?.inputs ?? {}, now?.inputs ?? {}) : [],
  }));
}

function changedPaths(before: unknown, after: unknown, at = ""): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isRecord(before) || !isRecord(after)) return [at];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .flatMap((key) => changedPaths(before[key], after[key], at ? `${at}.${key}` : key))
    .toSorted();
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

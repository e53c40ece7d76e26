import { chmodSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { env } from "node:process";
import { planTraffic } from "../../components/lifecycle/index.ts";
import { localProvider } from "../../components/platforms/local/provider/provider.ts";
import { findStateFolder } from "../../components/platforms/local/state-folder/folder.ts";
import { listSpecNames } from "../../components/platforms/local/supervisor/process-names.ts";
import { removeSpec, waitGone } from "../../components/platforms/local/supervisor/process-spec.ts";
import { parseRelease } from "../../components/release/index.ts";
import { hashDirectory } from "../../components/sources/index.ts";
import { starterModel } from "../../stacks/cli/starters/local.ts";

export type Inputs = Record<string, unknown>;

export const kinds = ["Artifact", "ModelServer", "Gateway", "Route", "Archive", "Document"] as const;
export type Kind = (typeof kinds)[number];

export const urnOf = (kind: string, name = "thing"): string =>
  `urn:pulumi:dev::project::model-lifecycle:index:ModelEndpoint$model-lifecycle-local:index:${kind}::${name}`;

/** The provider without the engine, on a state folder and a model of its own. */
export interface Bench extends AsyncDisposable {
  readonly provider: ReturnType<typeof localProvider>;
  readonly dir: string;
  readonly stateDir: string;
  readonly content: string;
  /** What the local platform would ask for. */
  inputs(kind: Kind, change?: Inputs): Inputs;
  create(kind: Kind, change?: Inputs): Promise<{ readonly id: string; readonly outs: Inputs }>;
  /** Every file of the state folder that is not a log or written by a running process, with its time. */
  files(): readonly string[];
}

export async function startBench(): Promise<Bench> {
  const dir = mkdtempSync(path.join(tmpdir(), "mlc-p-"));
  const stateDir = path.join(dir, "state");
  for (const [file, text] of Object.entries(starterModel)) {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    writeFileSync(path.join(dir, file), text);
  }
  const content = await hashDirectory(path.join(dir, "models/v1"));
  const provider = localProvider("0.0.0");
  // Nothing of a test lands in the home of who runs it.
  env.XDG_STATE_HOME = path.join(dir, "home");
  const process = `approval-v1-${content.slice(0, 8)}`;
  const plan = planTraffic(
    parseRelease({
      model: { name: "approval", owner: "me", riskTier: "low" },
      platform: { kind: "local" },
      versions: { v1: { source: { kind: "path", path: "models/v1", sha256: content } } },
      rollout: { stable: "v1" },
    }),
  );
  const inputs: Record<Kind, Inputs> = {
    Artifact: { stateDir, source: { kind: "path", path: "models/v1" }, projectDir: dir, content },
    ModelServer: { stateDir, process, model: "approval", version: "v1", content, checks: {}, projectDir: dir },
    Gateway: { stateDir, endpoint: "approval", code: "1" },
    Route: { stateDir, endpoint: "approval", plan, servers: { v1: `servers/${process}.sock` } },
    Archive: { stateDir, model: "approval", version: "v1", content, retentionDays: 0, reason: "over" },
    Document: { stateDir, name: "rules.yml", content: "groups: []\n" },
  };
  const bench: Bench = {
    provider,
    dir,
    stateDir,
    content,
    inputs: (kind, change) => ({ ...inputs[kind], ...change }),
    create: async (kind, change) => (await provider.create(urnOf(kind), bench.inputs(kind, change))) as never,
    files: () =>
      existsSync(stateDir)
        ? globSync("**/*", { cwd: stateDir })
            .filter((file) => !/^(logs|gateways|supervisor)|\.(status\.json|tmp|sock)$/.test(file))
            .map((file) => `${file} ${statSync(path.join(stateDir, file)).mtimeMs}`)
            .toSorted()
        : [],
    async [Symbol.asyncDispose]() {
      const folder = findStateFolder(stateDir);
      const names = folder ? listSpecNames(folder) : [];
      if (folder) for (const name of names) removeSpec(folder, name);
      if (folder) await Promise.all(names.map((name) => waitGone(folder, name)));
      rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
  return bench;
}

/** Changes a file that was made read-only. */
export function tamper(file: string, content: string): void {
  chmodSync(file, 0o644);
  writeFileSync(file, content);
}
